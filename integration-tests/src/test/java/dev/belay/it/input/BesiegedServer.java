package dev.belay.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.it.attach.EchoServer;
import dev.belay.it.attach.SteadyClient;
import dev.belay.it.rig.AgentMetrics;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Link;
import dev.belay.it.rig.LinkBreaker;
import dev.belay.it.rig.LinkKind;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.SupportGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A protected server, and a protected client that works there from the beginning to the end,
 * through a recording way to the door.
 *
 * <p>Used by one test thread.
 */
final class BesiegedServer implements AutoCloseable {
  private static final int SOME_ROUNDS = 20;
  private static final Duration JMX_PATIENCE = Duration.ofSeconds(10);

  private final Rig rig = new Rig();
  private final Member member = Member.free();
  private final LinkBreaker way;
  private final Jvm server;
  private final Jvm client;
  private final AgentMetrics metrics;
  private int conversations;

  BesiegedServer(Jdk jdk) {
    way = rig.breaker(member.door());
    server =
        rig.jvm("server", jdk)
            .agent(patient(member.settings()))
            .main(EchoServer.class, String.valueOf(member.port()));
    server.awaitLine("^listening");
    Member seen = new Member(member.port(), way.port());
    client =
        rig.jvm("client", jdk)
            .agent(patient(new SupportGroup(List.of(seen)).clientSettings()))
            .main(SteadyClient.class, String.valueOf(member.port()));
    openConversation();
    metrics = rig.closing(AgentMetrics.of(server));
    await().atMost(JMX_PATIENCE).until(metrics::isRegistered);
  }

  /** Somebody at the door. */
  Stranger stranger() {
    return rig.closing(Stranger.at(member.door()));
  }

  /** One more connection of the client; its number. */
  int openConversation() {
    client.say("open");
    conversations++;
    awaitRounds(conversations, SOME_ROUNDS);
    return conversations;
  }

  /** The first conversation goes on, byte by byte right. */
  void assertWorkGoesOn() {
    awaitRounds(1, roundsDone(1) + SOME_ROUNDS);
    assertThat(client.transcript().matches("^(wrong|failed|right)")).isEmpty();
    assertThat(client.agentLog()).noneMatch(line -> line.contains(" WARN "));
  }

  /** All conversations end in order, everything right. */
  void assertWorkEndsRight() {
    for (int number = 1; number <= conversations; number++) {
      client.say("end " + number);
      client.awaitLine("^right " + number + " ");
    }
  }

  /** What the newest control link began with. */
  Preface hello() {
    return Preface.sentOn(newest(LinkKind.CONTROL));
  }

  /** What a new connection of the client began with. */
  Preface freshOpen() {
    openConversation();
    return Preface.sentOn(newest(LinkKind.OPEN));
  }

  /** What a session continued with after its link was reset. */
  Preface freshResume() {
    long before = links(LinkKind.RESUME).count();
    breakDataLinks();
    await().atMost(Jvm.PATIENCE).until(() -> links(LinkKind.RESUME).count() > before);
    Preface resume = Preface.sentOn(newest(LinkKind.RESUME));
    assertWorkGoesOn();
    return resume;
  }

  private Link newest(LinkKind kind) {
    return links(kind).reduce((older, newer) -> newer).orElseThrow();
  }

  private Stream<Link> links(LinkKind kind) {
    return way.links().stream().filter(link -> link.kind() == kind);
  }

  /** The client's sessions have to resume. */
  void breakDataLinks() {
    assertThat(way.breakData()).isPositive();
  }

  /** How many connections the application has been given. */
  int acceptedByApplication() {
    return server.transcript().matches("^accepted ").size();
  }

  long refusalCount() {
    return metrics.refusalCount();
  }

  /** The one line about somebody who was turned away. */
  void assertRefusalIsLogged(Stranger stranger, String reason) {
    server.awaitLine(
        "refused at the door: from=" + stranger.address() + " reason=[^\\n]*" + reason);
  }

  /** How often the server complained of anything worse than a refusal. */
  List<String> complaints() {
    return server.agentLog().stream()
        .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
        .toList();
  }

  /** What both sides printed, for a failure's message. */
  String transcripts() {
    return rig.transcripts();
  }

  @Override
  public void close() throws IOException {
    rig.close();
  }

  /** A slow machine is no dead peer. */
  private static Map<String, String> patient(Map<String, String> settings) {
    settings.put("suspect", "10s");
    return settings;
  }

  private void awaitRounds(int number, long rounds) {
    client.transcript().awaitNumber(rounds(number), rounds, Jvm.PATIENCE);
  }

  private long roundsDone(int number) {
    return client.transcript().awaitNumber(rounds(number), 0, Jvm.PATIENCE);
  }

  private static String rounds(int number) {
    return "^at " + number + " (\\d+)";
  }
}
