package dev.belay.it.rig;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Plays one scenario from the shell and prints everything that the children print.
 *
 * <p>Arguments, {@code name=value} each: {@code fault=none|kill|reset|silence|control}, {@code
 * rounds=N} (how often the fault happens), {@code server=}, {@code client=} (kinds), {@code jdk=},
 * {@code agent=true|false}, {@code log=} (agent log level), and the client's load ({@code
 * connections= requests= window= maxReply= maxRequest=}).
 */
public final class ByHand {
  private final Map<String, String> options = new TreeMap<>();
  private final Rig rig;
  private final LedgerStory story;

  private ByHand(String[] args, Rig rig) {
    for (String arg : args) {
      String[] nameAndValue = arg.split("=", 2);
      options.put(nameAndValue[0], nameAndValue[1]);
    }
    this.rig = rig;
    this.story = new LedgerStory(rig, jdk());
  }

  /** Plays and exits with 0 if every byte was right. */
  public static void main(String[] args) {
    int status = 1;
    try (Rig rig = new Rig()) {
      try {
        new ByHand(args, rig).play();
        status = 0;
      } catch (AssertionError | IllegalStateException e) {
        System.out.println("FAILED: " + e.getMessage().lines().findFirst().orElse(""));
      }
      System.out.println(rig.transcripts());
    }
    System.out.println(status == 0 ? "PASSED" : "FAILED");
    System.exit(status);
  }

  private void play() {
    if (!Boolean.parseBoolean(option("agent", "true"))) {
      story.plain();
    }
    switch (option("fault", "kill")) {
      case "none" -> calm();
      case "kill" -> kill();
      case "reset" -> breakLinks(LinkBreaker::breakData);
      case "silence" -> breakLinks(way -> way.silence(LinkBreaker.ALL));
      case "control" -> breakLinks(LinkBreaker::breakControl);
      default -> throw new IllegalStateException("unknown fault " + options.get("fault"));
    }
  }

  private void calm() {
    SupportGroup group = SupportGroup.of(1);
    Jvm server = server("A", group.member(0));
    Jvm client = client(group);
    LedgerStory.awaitMore(client, 100);
    LedgerStory.finish(client);
    LedgerStory.assertSameStreams(client, server);
  }

  private void kill() {
    int rounds = Integer.parseInt(option("rounds", "1"));
    SupportGroup group = SupportGroup.of(2);
    Jvm running = server("A", group.member(0));
    Jvm backup = server("B", group.member(1));
    Jvm client = client(group);
    for (int round = 1; round <= rounds; round++) {
      LedgerStory.awaitMore(client, 100);
      running.kill9();
      LedgerStory.awaitMore(client, 100);
      running = backup;
      backup = server("server" + (round + 2), group.member((round + 1) % 2));
    }
    LedgerStory.finish(client);
    LedgerStory.assertSameStreams(client, running);
  }

  private void breakLinks(Fault fault) {
    BrokenWay way = BrokenWay.of(rig);
    Jvm server =
        story.server("A", way.server().port(), serverKind(), withLevel(way.serverSettings()));
    Jvm client = client(way.group());
    for (int round = 0; round < Integer.parseInt(option("rounds", "5")); round++) {
      LedgerStory.awaitMore(client, 100);
      System.out.println("broken: " + fault.applyTo(way.door()));
    }
    LedgerStory.awaitMore(client, 100);
    LedgerStory.finish(client);
    LedgerStory.assertSameStreams(client, server);
  }

  private Jvm server(String name, Member member) {
    return story.server(name, member.port(), serverKind(), withLevel(member.settings()));
  }

  private Jvm client(SupportGroup group) {
    ClientKind kind = ClientKind.valueOf(option("client", "blocking").toUpperCase(Locale.ROOT));
    String[] load =
        options.entrySet().stream()
            .filter(option -> option.getKey().matches("connections|requests|window|max\\w+|pause"))
            .map(option -> option.getKey() + "=" + option.getValue())
            .toArray(String[]::new);
    Jvm client = story.client(kind, group, withLevel(group.clientSettings()), with(load));
    client.awaitLine("^done ", Duration.ofSeconds(20));
    return client;
  }

  private static String[] with(String... load) {
    String[] all = Arrays.copyOf(load, load.length + 1);
    all[load.length] = "until=told";
    return all;
  }

  private ServerKind serverKind() {
    return ServerKind.valueOf(option("server", "blocking").toUpperCase(Locale.ROOT));
  }

  private Map<String, String> withLevel(Map<String, String> settings) {
    settings.put("log.level", option("log", "info"));
    return settings;
  }

  private Jdk jdk() {
    String wanted = options.get("jdk");
    return Jdk.all().stream()
        .filter(jdk -> wanted == null || jdk.toString().equals(wanted))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no JDK " + wanted));
  }

  private String option(String name, String otherwise) {
    return options.getOrDefault(name, otherwise);
  }

  /** What is done to the links; how many were hit. */
  private interface Fault {
    int applyTo(LinkBreaker breaker);
  }
}
