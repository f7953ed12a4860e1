package dev.belay.it.fault;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static dev.belay.it.rig.LedgerStory.handlers;
import static dev.belay.it.rig.Moves.assertMoved;
import static dev.belay.it.rig.Moves.drain;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.DiceClient;
import dev.belay.it.programs.DiceServer;
import dev.belay.it.programs.LedgerServer;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.Moves;
import dev.belay.it.rig.Moves.Move;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server that goes, or is to be empty, first hands its sessions to others: they are prepared
 * there while it still serves.
 */
@ExtendWith(RigExtension.class)
@Timeout(120)
class PlannedMoveTest {
  private static final int CONNECTIONS = 4;
  private static final Duration PROMPT = Duration.ofSeconds(9);

  /** The agent waits for moves for 10 s at most. */
  private static final Duration AFTER_MOVES = Duration.ofSeconds(20);

  private static final String[] LOAD = {
    "until=told",
    "connections=" + CONNECTIONS,
    "window=50",
    "requests=200",
    "maxReply=4096",
    "pause=1"
  };

  /** A request of 32 KiB on average: ten megabytes of history are 320. At a steady pace. */
  private static final String[] LONG_HISTORY = {
    "until=told",
    "connections=" + CONNECTIONS,
    "window=4",
    "requests=350",
    "maxReply=256",
    "maxRequest=65536",
    "pause=10",
    "limit=100"
  };

  @OneJdk
  void shouldMoveSessionsOfABlockingServerOnSigterm(Jdk jdk, Rig rig) {
    moveOnSigterm(new LedgerStory(rig, jdk), ServerKind.BLOCKING, ClientKind.BLOCKING);
  }

  @OneJdk
  void shouldMoveSessionsOfASelectorServerOnSigterm(Jdk jdk, Rig rig) {
    moveOnSigterm(new LedgerStory(rig, jdk), ServerKind.SELECTOR, ClientKind.SELECTOR);
  }

  private static void moveOnSigterm(LedgerStory story, ServerKind server, ClientKind kind) {
    SupportGroup group = SupportGroup.of(2);
    Jvm first = story.server("A", group.member(0), server);
    Jvm second = story.server("B", group.member(1), server);
    Jvm client = story.client(kind, group, LOAD);

    awaitMore(client, 200);
    first.terminate();
    first.awaitExit(AFTER_MOVES);
    awaitMore(client, 200);
    finish(client);

    assertSameStreams(client, second);
    assertMoved(client, CONNECTIONS);
    assertThat(handlers(second)).isEqualTo(CONNECTIONS);
    first.awaitLine(" belay .*leaving: sessions=4 left=0");
  }

  @OneJdk
  void shouldMoveBeforeTheApplicationsHooksCloseItsSockets(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm first = closingServer(rig.jvm("A", jdk), group.member(0));
    Jvm second = story.server("B", group.member(1), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 200);
    first.terminate();
    first.awaitExit(AFTER_MOVES);
    awaitMore(client, 200);
    finish(client);

    first.awaitLine("^CLOSED 4");
    assertSameStreams(client, second);
    assertMoved(client, CONNECTIONS);
  }

  @OneJdk
  void shouldMoveOnSystemExit(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm first = story.server("A", group.member(0), ServerKind.SELECTOR);
    Jvm second = story.server("B", group.member(1), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.ASYNCHRONOUS, group, LOAD);

    awaitMore(client, 200);
    first.say("exit");
    first.awaitExit(AFTER_MOVES);
    awaitMore(client, 200);
    finish(client);

    assertSameStreams(client, second);
    assertMoved(client, CONNECTIONS);
  }

  @OneJdk
  void shouldMoveSessionsOfALongHistoryWithAShortPause(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm first = story.server("A", group.member(0), ServerKind.BLOCKING);
    Jvm second = story.server("B", group.member(1), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, group, LONG_HISTORY);

    awaitMore(client, 350 * CONNECTIONS);
    first.terminate();
    first.awaitExit(AFTER_MOVES);
    awaitMore(client, 100);
    finish(client);

    assertSameStreams(client, second);
    for (Move move : assertMoved(client, CONNECTIONS)) {
      System.out.println("jdk=" + jdk + " " + move);
      assertThat(move.replayedBytes()).isGreaterThan(8_000_000);
      assertThat(move.pauseMs()).isLessThan(2000); // a loaded machine's bound
    }
  }

  @OneJdk
  void shouldEmptyAServerThatIsDrained(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm first = story.server("A", group.member(0), ServerKind.BLOCKING);
    Jvm second = story.server("B", group.member(1), ServerKind.SELECTOR);
    Jvm client = story.client(ClientKind.SELECTOR, group, LOAD);

    awaitMore(client, 200);
    Jvm drain = drain(rig, jdk, first);
    int status = drain.awaitExit();
    awaitMore(client, 200);
    Jvm late = story.client(ClientKind.BLOCKING, group, "requests=20");
    LedgerStory.awaitOk(late);
    finish(client);

    assertThat(status).isZero();
    drain.awaitLine("^process " + first.pid() + ": empty, sessions=0 moved=4");
    assertThat(first.isAlive()).isTrue();
    assertSameStreams(client, second);
    assertSameStreams(late, second);
    assertMoved(client, CONNECTIONS);
  }

  @OneJdk
  void shouldSayWhyADrainedServerIsNotEmpty(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(1);
    Jvm only = story.server("A", group.member(0), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 100);
    Jvm drain = drain(rig, jdk, only, "2");
    int status = drain.awaitExit();
    awaitMore(client, 100);
    finish(client);

    assertThat(status).isEqualTo(1);
    drain.awaitLine("still has sessions after 2s: sessions=4 moved=0 staying=.no other server=4");
    assertSameStreams(client, only);
  }

  /** Elsewhere its bytes would be wrong, which is found out before it is too late. */
  @OneJdk
  void shouldLeaveASessionWhereItIsWhenItsOutputIsRandom(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(2);
    Jvm first = diceServer(rig.jvm("A", jdk), group.member(0));
    diceServer(rig.jvm("B", jdk), group.member(1));
    Jvm client =
        rig.jvm("client", jdk)
            .agent(group.clientSettings())
            .main(DiceClient.class, "connect=" + group.member(0).address());

    client.awaitLine("^done 200$");
    Jvm drain = drain(rig, jdk, first);
    drain.awaitLine("sessions=1 moved=0 staying=.*diverged");
    awaitMore(client, 200);

    assertThat(client.transcript().matches("^VERDICT")).isEmpty();
  }

  @OneJdk
  void shouldNotHoldUpAnExitWhereThereIsNowhereToGo(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(1);
    Jvm first = story.server("A", group.member(0), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 100);
    first.terminate();
    first.awaitExit(PROMPT);
    Jvm again = story.server("A again", group.member(0), ServerKind.BLOCKING);
    awaitMore(client, 100);
    finish(client);

    first.awaitLine("leaving: sessions=4 left=4 staying=.no other server=4.$");
    assertSameStreams(client, again);
  }

  @OneJdk
  void shouldNotHoldUpAnExitForAHandlerThatTakesNothing(Jdk jdk, Rig rig) {
    leaveForStuckServer(new LedgerStory(rig, jdk), Stuck.HANDLER);
  }

  @OneJdk
  void shouldNotHoldUpAnExitForAServerThatIsStopped(Jdk jdk, Rig rig) {
    leaveForStuckServer(new LedgerStory(rig, jdk), Stuck.PROCESS);
  }

  /** What is not moved in time goes on at the only other server, once that can. */
  private static void leaveForStuckServer(LedgerStory story, Stuck stuck) {
    SupportGroup group = SupportGroup.of(2);
    Map<String, String> settings = group.member(0).settings();
    settings.put("resume-window", "4s");
    Jvm first = story.server("A", group.member(0).port(), ServerKind.BLOCKING, settings);
    Jvm second = story.server("B", group.member(1), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 100);
    stuck.begin(second);
    first.terminate();
    first.awaitExit(PROMPT);
    stuck.end(second);
    awaitMore(client, 200);
    finish(client);

    assertSameStreams(client, second);
    first.awaitLine("leaving: sessions=4 left=4");
  }

  @OneJdk
  void shouldDropNothingInARollingRestart(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(3);
    Jvm[] servers = new Jvm[3];
    for (int i = 0; i < servers.length; i++) {
      servers[i] = story.server("server " + i, group.member(i), ServerKind.BLOCKING);
    }
    Jvm client = story.client(ClientKind.SELECTOR, group, LOAD);

    for (int i = 0; i < servers.length; i++) {
      awaitMore(client, 100);
      servers[i].terminate();
      servers[i].awaitExit(AFTER_MOVES);
      servers[i] = story.server("server " + i + " again", group.member(i), ServerKind.SELECTOR);
    }
    awaitMore(client, 100);
    finish(client);

    assertThat(client.agentLog()).noneMatch(line -> line.contains(" takeover: "));
    assertThat(Moves.of(client)).hasSizeGreaterThanOrEqualTo(CONNECTIONS);
  }

  /** What makes no progress at a server, though its door was known to be open. */
  private enum Stuck {
    HANDLER {
      @Override
      void begin(Jvm server) {
        server.say("hold");
        server.awaitLine("^HOLDING");
      }

      @Override
      void end(Jvm server) {
        server.say("go");
      }
    },
    PROCESS {
      @Override
      void begin(Jvm server) {
        server.stop();
      }

      @Override
      void end(Jvm server) {
        server.cont();
      }
    };

    abstract void begin(Jvm server);

    abstract void end(Jvm server);
  }

  private static Jvm diceServer(Launch launch, Member member) {
    Jvm server = launch.agent(member.settings()).main(DiceServer.class, "port=" + member.port());
    server.awaitLine("^READY ");
    return server;
  }

  /** Its shutdown hook closes all sockets. */
  private static Jvm closingServer(Launch launch, Member member) {
    Jvm server =
        launch
            .agent(member.settings())
            .jvmOptions("-Dserver.closesAtShutdown=true")
            .main(LedgerServer.class, "kind=blocking", "port=" + member.port());
    server.awaitLine("^READY ");
    return server;
  }
}
