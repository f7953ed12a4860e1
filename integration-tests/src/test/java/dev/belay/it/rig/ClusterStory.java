package dev.belay.it.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import java.io.IOException;
import java.util.Map;

/**
 * A {@link LedgerStory} whose servers hold logs for each other, and whose clients keep little of
 * what they send. Used by one test thread.
 */
public final class ClusterStory {
  /** What a client keeps of each connection's input, 256 KiB. */
  public static final int KEPT_BYTES = 256 << 10;

  /** Requests after which the input of each of four connections is far beyond that. */
  public static final int BEYOND = 1_000;

  /**
   * Heaps so large that how long the members need to find each other does not decide whether
   * somebody's memory is full by then.
   */
  private static final String HEAP = "-Xmx1g";

  private final LedgerStory story;
  private final SupportGroup group;
  private final Cluster cluster;

  /** With so many places. */
  public ClusterStory(Rig rig, Jdk jdk, int size) {
    this.story = new LedgerStory(rig, jdk).jvmOptions(HEAP);
    this.group = SupportGroup.of(size);
    this.cluster = new Cluster(size);
  }

  public SupportGroup group() {
    return group;
  }

  /** Starts a server at each place, and waits until they hold each other's logs. */
  public Jvm[] servers(ServerKind kind, String... more) {
    Jvm[] servers = new Jvm[group.members().size()];
    for (int i = 0; i < servers.length; i++) {
      servers[i] = server(i, kind, more);
    }
    Cluster.awaitReplicating(servers);
    return servers;
  }

  /** Starts a server at one place; {@code more} are settings, {@code key=value}. */
  public Jvm server(int place, ServerKind kind, String... more) {
    Member member = group.member(place);
    String name = "server " + (char) ('A' + place);
    return story.server(name, member.port(), kind, cluster.server(member, place, more));
  }

  /** The settings of a client of these servers. */
  public Map<String, String> clientSettings() {
    return Cluster.with(group.clientSettings(), "log.limit=" + KEPT_BYTES);
  }

  /** Starts a client of four connections at some pace that goes on until it is told to end. */
  public Jvm client(ClientKind kind) {
    return client(kind, clientSettings());
  }

  /**
   * Four blocking connections at a tenth of the pace: in a story of a minute no log gets to its
   * limit. Each has threads of its own, since in a selector's one the pauses of all add up: 1.6 s
   * for four windows, which no reader there would get below.
   */
  public Jvm slowClient() {
    return client(ClientKind.BLOCKING, clientSettings(), 10);
  }

  /** At the usual pace, with settings of its own. */
  public Jvm client(ClientKind kind, Map<String, String> settings) {
    return client(kind, settings, 1);
  }

  private Jvm client(ClientKind kind, Map<String, String> settings, int pauseMs) {
    return story.client(
        kind,
        group,
        settings,
        "until=told",
        "connections=4",
        "window=40",
        "requests=400",
        "maxRequest=4096",
        "maxReply=2048",
        "limit=170",
        "pause=" + pauseMs);
  }

  /** With settings and a load of its own. */
  public Jvm client(ClientKind kind, Map<String, String> settings, String... load) {
    return story.client(kind, group, settings, load);
  }

  /** Waits until the server has shipped all that its clients may no longer have. */
  public static void awaitDurable(Jvm server) {
    try (AgentMetrics metrics = AgentMetrics.of(server)) {
      await()
          .atMost(Jvm.PATIENCE)
          .untilAsserted(
              () -> assertThat(metrics.number("DurableLagBytes")).isLessThan(KEPT_BYTES));
    } catch (IOException e) {
      throw new AssertionError("no JMX in " + server.name(), e);
    }
  }

  /** No connection of the client was given up. */
  public static void assertNoneLost(Jvm client) {
    assertThat(client.agentLog()).noneMatch(line -> line.contains("session lost"));
  }
}
