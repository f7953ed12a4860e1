package dev.belay.it.fault;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.EndingClient;
import dev.belay.it.programs.GreetingServer;
import dev.belay.it.programs.HalfClose;
import dev.belay.it.programs.MuteServer;
import dev.belay.it.programs.ResetWitness;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Ports;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How connections end: what the program at the other end sees, also when a takeover came before.
 */
@ExtendWith(RigExtension.class)
@Timeout(90)
class HalfCloseAndExitTest {
  private static final Duration PROMPT = Duration.ofSeconds(5);
  private static final String[] LOAD = {
    "until=told", "connections=4", "window=50", "requests=200", "maxReply=4096", "pause=1"
  };

  @EachJdk
  void shouldKeepHalvesClosedAcrossATakeover(Jdk jdk, Rig rig) {
    keepHalvesClosed(jdk, rig, Jvm::kill9);
  }

  @OneJdk
  void shouldKeepHalvesClosedWhenTheServerIsStopped(Jdk jdk, Rig rig) {
    keepHalvesClosed(jdk, rig, Jvm::stop);
  }

  private static void keepHalvesClosed(Jdk jdk, Rig rig, Consumer<Jvm> fault) {
    TwoPorts primaryPorts = TwoPorts.free();
    TwoPorts backupPorts = TwoPorts.free();
    Jvm primary = halfCloseServer(rig, jdk, "primary", primaryPorts);
    Jvm backup = halfCloseServer(rig, jdk, "backup", backupPorts);
    Jvm client =
        rig.jvm("client", jdk)
            .agent(primaryPorts.clientSettings(backupPorts))
            .main(HalfClose.class, primaryPorts.clientArgs());

    client.transcript().awaitLines("^HALF client-first", 2, Jvm.PATIENCE);
    client.transcript().awaitLines("^HALF server-first", 2, Jvm.PATIENCE);
    fault.accept(primary);
    client.say("go");
    client.awaitExit();

    assertThat(lines(client, "^ENDED .*"))
        .containsExactly(
            "ENDED client-first OK",
            "ENDED client-first OK",
            "ENDED server-first OK",
            "ENDED server-first OK");
    backup.transcript().awaitLines("^SERVED ", 4, Jvm.PATIENCE);
  }

  @EachJdk
  void shouldEndAtTheServerAsWithoutTheAgent(Jdk jdk, Rig rig) {
    SupportGroup plainGroup = SupportGroup.of(1);
    SupportGroup group = SupportGroup.of(2);

    List<String> plain =
        endsSeenByServer(rig.jvm("plain", jdk), rig.jvm("plain client", jdk), plainGroup);
    List<String> withAgent =
        endsSeenByServer(
            rig.jvm("server", jdk).agent(group.member(0).settings()),
            rig.jvm("client", jdk).agent(group.clientSettings()),
            group);

    assertThat(plain).hasSize(3);
    assertThat(withAgent).isEqualTo(plain);
  }

  @EachJdk
  void shouldEndAtTheClientAsWithoutTheAgent(Jdk jdk, Rig rig) {
    SupportGroup plainGroup = SupportGroup.of(1);
    SupportGroup group = SupportGroup.of(2);

    List<String> plain =
        endsSeenByClient(
            server(rig.jvm("plain", jdk), plainGroup),
            () -> rig.jvm("plain client", jdk),
            plainGroup);
    List<String> withAgent =
        endsSeenByClient(
            server(rig.jvm("server", jdk).agent(group.member(0).settings()), group),
            () -> rig.jvm("client", jdk).agent(group.clientSettings()),
            group);

    assertThat(withAgent).isEqualTo(plain);
  }

  @OneJdk
  void shouldMoveTheSessionsOfAServerThatIsRedeployed(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm first = story.server("A", group.member(0), ServerKind.BLOCKING);
    Jvm second = story.server("B", group.member(1), ServerKind.SELECTOR);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 100);
    first.terminate();
    first.awaitExit(PROMPT);
    awaitMore(client, 300);
    Jvm again = story.server("A again", group.member(0), ServerKind.ASYNCHRONOUS);
    second.say("exit");
    second.awaitExit(PROMPT);
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, again);
  }

  private static List<String> endsSeenByServer(Launch server, Launch client, SupportGroup group) {
    Jvm greeting = server.main(GreetingServer.class, "name=s", "port=" + group.member(0).port());
    greeting.awaitLine("^READY");
    Jvm ending = client.main(EndingClient.class, "connect=" + group.member(0).address());
    ending.awaitLine("^READY");
    ending.say("end");
    ending.awaitExit(PROMPT);
    greeting.transcript().awaitLines("^ENDED ", 3, Jvm.PATIENCE);
    return lines(greeting, "in=\\d+ cause=.*");
  }

  private static List<String> endsSeenByClient(Jvm server, Starter starter, SupportGroup group) {
    List<String> afterReset = witnessed(starter.launch(), group, server, "reset");
    List<String> afterClose = witnessed(starter.launch(), group, server, "close");
    return List.of("reset " + afterReset, "close " + afterClose);
  }

  private static List<String> witnessed(
      Launch launch, SupportGroup group, Jvm server, String command) {
    Jvm witness = launch.main(ResetWitness.class, "connect=" + group.member(0).address());
    witness.transcript().awaitLines("^WAITING", 6, Jvm.PATIENCE);
    server.say(command);
    witness.awaitExit();
    return lines(witness, "^(WITNESS|BROKEN) .*");
  }

  private static Jvm server(Launch launch, SupportGroup group) {
    Jvm server = launch.main(MuteServer.class, "port=" + group.member(0).port());
    server.awaitLine("^READY");
    return server;
  }

  private static List<String> lines(Jvm jvm, String regex) {
    return jvm.transcript().matches(regex).stream().map(MatchResult::group).sorted().toList();
  }

  private static Jvm halfCloseServer(Rig rig, Jdk jdk, String name, TwoPorts ports) {
    Jvm server =
        rig.jvm(name, jdk).agent(ports.serverSettings()).main(HalfClose.class, ports.serverArgs());
    server.awaitLine("^READY");
    return server;
  }

  /** Makes one more client to be. */
  private interface Starter {
    Launch launch();
  }

  /** A server with two services behind one door. */
  private record TwoPorts(Member socket, Member adaptor) {

    static TwoPorts free() {
      int door = Ports.free();
      return new TwoPorts(new Member(Ports.free(), door), new Member(Ports.free(), door));
    }

    Map<String, String> serverSettings() {
      Map<String, String> settings = new LinkedHashMap<>(socket.settings());
      settings.put("services", socket.port() + "," + adaptor.port());
      return settings;
    }

    Map<String, String> clientSettings(TwoPorts backup) {
      SupportGroup sockets = new SupportGroup(List.of(socket, backup.socket));
      SupportGroup adaptors = new SupportGroup(List.of(adaptor, backup.adaptor));
      Map<String, String> settings = sockets.clientSettings();
      settings.put("connect", sockets.connect() + "," + adaptors.connect());
      return settings;
    }

    String[] serverArgs() {
      return new String[] {"role=server", "port=" + socket.port(), "adaptorPort=" + adaptor.port()};
    }

    String[] clientArgs() {
      return new String[] {
        "role=client", "connect=" + socket.address(), "adaptorConnect=" + adaptor.address()
      };
    }
  }
}
