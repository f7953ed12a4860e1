package dev.belay.agent.command;

import dev.belay.agent.config.Key;

/** What the jar says about itself when nobody asks it for anything else. */
final class Help {

  private static final int NAME_WIDTH = 24;
  private static final int DEFAULT_WIDTH = 16;

  private static final String INTRODUCTION =
      """
      belay VERSION: keeps TCP connections alive when the server behind them dies.

      Attach it to client and server JVMs; their code does not change. A connection whose server is
      killed, hangs or is being redeployed continues on a backup at the exact byte where it stopped.

      Client, with two servers of one support group:
        java -javaagent:belay-agent.jar -Dbelay.connect='a:7001@7400|b:7001@7400' ...
      Server, on a and on b:
        java -javaagent:belay-agent.jar -Dbelay.services=7001 -Dbelay.door=0.0.0.0:7400 ...

      Commands:
        java -jar belay-agent.jar                             prints this
        java -jar belay-agent.jar check                       says whether this JVM can be protected
        java -jar belay-agent.jar attach PID [key=value ...]  attaches to a running JVM
        java -jar belay-agent.jar drain PID [SECONDS]         moves its sessions to other servers
        java -jar belay-agent.jar node [key=value ...]        runs a data node of the cluster
        java -jar belay-agent.jar version                     prints the version

      Settings, as system property belay.key, environment variable BELAY_KEY, or in a file:
      """;

  private Help() {}

  static String text(String version) {
    StringBuilder text = new StringBuilder(INTRODUCTION.replace("VERSION", version));
    for (Key key : Key.values()) {
      pad(text.append("  ").append(key.text()), key.text(), NAME_WIDTH);
      String standard = standard(key);
      pad(text.append(standard), standard, DEFAULT_WIDTH);
      text.append(key.meaning()).append(System.lineSeparator());
    }
    return text.toString().stripTrailing();
  }

  private static String standard(Key key) {
    if (key.defaultText() != null) {
      return key.defaultText();
    }
    return key == Key.MEMORY ? "heap / 4" : "none";
  }

  private static void pad(StringBuilder text, String word, int width) {
    text.append(" ".repeat(Math.max(1, width - word.length())));
  }
}
