package dev.belay.agent;

import dev.belay.agent.config.Settings;
import dev.belay.agent.launch.Launcher;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.AgentVersion;
import dev.belay.agent.seam.Seam;
import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.List;
import java.util.function.Function;

/**
 * Where the launcher hands over: reads the settings, installs the seam and starts the agent. No
 * lambdas here: every JVM start pays for them.
 */
public final class Bootstrap implements Function<Object[], String> {
  /** Set once, when it runs. */
  private volatile Agent agent;

  /** For the launcher, which knows no more of this class than that it is a function. */
  public Bootstrap() {}

  /**
   * Starts the agent; or, with nothing but a word, tells the one that runs ({@link
   * Launcher#DRAIN}).
   *
   * @param start the agent's argument (String or null), the Instrumentation, whether this is a
   *     dynamic attach (Boolean), the agent's jar (File)
   * @return one line on what is protected, or null when nothing is
   * @throws IllegalStateException with one line on what keeps it from starting
   */
  @Override
  public String apply(Object[] start) {
    if (start.length == 1) {
      return told((String) start[0]);
    }
    String argument = (String) start[0];
    Instrumentation instrumentation = (Instrumentation) start[1];
    boolean attached = (Boolean) start[2];
    File agentJar = (File) start[3];
    Settings.Loaded loaded = Settings.load(argument, System.getenv(), System.getProperties());
    if (!loaded.problems().isEmpty()) {
      refuse(loaded, attached);
      return null;
    }
    Settings settings = loaded.settings();
    if (!settings.enabled()) {
      return "belay.enabled=false: nothing is protected";
    }
    AgentLog.open(settings.logLevel(), settings.logFile());
    install(settings, instrumentation, attached);
    String line = startLine(settings, agentJar);
    AgentLog.info(line);
    for (String warning : settings.warnings()) {
      AgentLog.warn(warning);
    }
    return line;
  }

  private String told(String word) {
    Agent running = agent;
    if (!word.equals(Launcher.DRAIN) || running == null) {
      throw new IllegalStateException("nothing to be done for " + word + ": nothing is protected");
    }
    return running.drain();
  }

  private static void refuse(Settings.Loaded loaded, boolean attached) {
    if (attached) {
      throw new IllegalStateException(loaded.problems().get(0).line());
    }
    loaded.report(System.err);
    if (loaded.isFatal()) {
      Runtime.getRuntime().halt(Settings.EXIT_STATUS);
    }
  }

  private void install(Settings settings, Instrumentation instrumentation, boolean attached) {
    String unfit = Seam.unfit();
    if (unfit != null) {
      throw new IllegalStateException("this JVM cannot be protected: " + unfit);
    }
    try {
      Seam.open(instrumentation, Bootstrap.class.getModule());
      Seam.defineBridge(Bootstrap.class.getClassLoader());
      Agent made = new Agent(settings, instrumentation);
      Seam seam = new Seam(made);
      seam.weave(instrumentation);
      made.start(attached);
      agent = made;
    } catch (IOException | ReflectiveOperationException | UnmodifiableClassException e) {
      throw new IllegalStateException("this JVM cannot be protected: " + e, e);
    }
  }

  private static String startLine(Settings settings, File agentJar) {
    String role = settings.wantsClient() ? "client" : "";
    if (settings.wantsServer()) {
      role = role.isEmpty() ? "server" : "client and server";
    }
    return "version="
        + AgentVersion.of(agentJar)
        + " jdk="
        + System.getProperty("java.version")
        + " role="
        + role
        + " connect="
        + settings.connectGroups()
        + " services="
        + settings.services()
        + " cluster="
        + (settings.wantsServer() ? settings.cluster().mode().word() : "none");
  }

  /** Why this JVM cannot be protected; empty when it can. */
  public static List<String> check() {
    return new Seam(reason -> {}).problems();
  }
}
