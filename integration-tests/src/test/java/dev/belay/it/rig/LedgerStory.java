package dev.belay.it.rig;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.LedgerClient;
import dev.belay.it.programs.LedgerServer;
import dev.belay.it.programs.ServerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;

/**
 * A story with Ledger servers and clients: starts them on one JDK and gives the verdict.
 *
 * <p>The verdict is that each connection's two streams have the same length and SHA-256 at the
 * client and at the server that ended it. Used by one test thread.
 */
public final class LedgerStory {
  private static final String CONN =
      "^CONN \\d+ tag=(\\S+) .* sent=(\\S+) received=(\\S+) stallMs=(\\d+) outcome=OK$";

  private final Rig rig;
  private final Jdk jdk;
  private final List<String> jvmOptions = new ArrayList<>();
  private boolean isWithAgent = true;

  public LedgerStory(Rig rig, Jdk jdk) {
    this.rig = rig;
    this.jdk = jdk;
  }

  /** The same without the agent anywhere. */
  public LedgerStory plain() {
    isWithAgent = false;
    return this;
  }

  /** Options for every JVM of the story. */
  public LedgerStory jvmOptions(String... options) {
    jvmOptions.addAll(List.of(options));
    return this;
  }

  /** Starts a server and waits until it listens. */
  public Jvm server(String name, Member member, ServerKind kind) {
    return server(name, member.port(), kind, member.settings());
  }

  /** As above, with settings of its own. */
  public Jvm server(String name, int port, ServerKind kind, Map<String, String> settings) {
    Jvm server =
        launch(name, settings).main(LedgerServer.class, "kind=" + kind.argument(), "port=" + port);
    server.awaitLine("^READY ");
    return server;
  }

  /** Starts a client of the group's first member; {@code load} as {@code name=value}. */
  public Jvm client(ClientKind kind, SupportGroup group, String... load) {
    return client(kind, group, group.clientSettings(), load);
  }

  /** As above, with settings of its own. */
  public Jvm client(
      ClientKind kind, SupportGroup group, Map<String, String> settings, String... load) {
    List<String> args = new ArrayList<>(List.of(load));
    args.add("kind=" + kind.argument());
    args.add("connect=" + group.member(0).address());
    return launch("client", settings).main(LedgerClient.class, args.toArray(String[]::new));
  }

  /** Waits until the client has so many more whole replies than it has now. */
  public static void awaitMore(Jvm client, long replies) {
    List<MatchResult> before = client.transcript().matches("^done (\\d+)");
    long now = before.isEmpty() ? 0 : Long.parseLong(before.get(before.size() - 1).group(1));
    client.transcript().awaitNumber("^done (\\d+)", now + replies, Jvm.PATIENCE);
  }

  /** Lets an {@code until=told} client end, and waits for its verdict. */
  public static void finish(Jvm client) {
    client.say("finish");
    awaitOk(client);
  }

  /** The client's own verdict: every byte was right and nothing threw. */
  public static void awaitOk(Jvm client) {
    String verdict = client.awaitLine("^VERDICT .*").group();
    if (!verdict.startsWith("VERDICT OK") || client.awaitExit() != 0) {
      throw new AssertionError(verdict);
    }
  }

  /** Each of the client's streams is, byte for byte, what the server that ended it saw. */
  public static void assertSameStreams(Jvm client, Jvm server) {
    List<MatchResult> connections = client.transcript().matches(CONN);
    if (connections.isEmpty()) {
      throw new AssertionError("no connection of the client ended well");
    }
    for (MatchResult connection : connections) {
      String tag = connection.group(1);
      String streams = "in=" + connection.group(2) + " out=" + connection.group(3);
      server.awaitLine("^ENDED tag=" + tag + " " + streams + " cause=eof$");
    }
  }

  /** How many handlers a server has begun for its clients' connections. */
  public static int handlers(Jvm server) {
    return server.transcript().matches("^OPENED ").size();
  }

  /** The client's longest stall on any connection. */
  public static long stallMs(Jvm client) {
    String verdict = client.awaitLine("^VERDICT .* stallMs=(\\d+)").group(1);
    return Long.parseLong(verdict);
  }

  private Launch launch(String name, Map<String, String> settings) {
    Launch launch = rig.jvm(name, jdk).jvmOptions(jvmOptions.toArray(String[]::new));
    return isWithAgent ? launch.agent(settings) : launch;
  }
}
