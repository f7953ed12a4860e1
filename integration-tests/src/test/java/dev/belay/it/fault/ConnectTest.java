package dev.belay.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.Connector;
import dev.belay.it.programs.GreetingServer;
import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.LinkBreaker;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.Ports;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connecting while servers of the group are dead, plain, silent, or known by another name. */
@ExtendWith(RigExtension.class)
@Timeout(90)
class ConnectTest {
  private static final List<String> KINDS =
      List.of("socket", "channel", "selector", "asynchronous");
  private static final int TIMEOUT_MS = 700;
  private static final long LATEST_MS = 5_000;

  @EachJdk
  void shouldReachAServerOfTheGroupByEveryKindOfConnect(Jdk jdk, Rig rig) {
    Member dead = Member.free();
    Member live = Member.free();
    Member other = Member.free();
    Member plain = Member.free();
    protectedServer(rig, jdk, "live", live);
    protectedServer(rig, jdk, "other", other);
    server(rig.jvm("plain", jdk), "plain", plain);
    LinkBreaker otherDoor = rig.breaker(other.door());
    String byName = "localhost:" + other.port() + "@" + otherDoor.port();
    Jvm client = connector(rig, jdk, dead.target() + "|" + live.target(), byName, plain.target());

    for (String kind : KINDS) {
      assertThat(connect(client, kind, dead)).isEqualTo("live remote=" + dead.address());
      assertThat(connect(client, kind, live)).isEqualTo("live remote=" + live.address());
      assertThat(connect(client, kind, other)).isEqualTo("other remote=" + other.address());
      assertThat(connect(client, kind, plain)).isEqualTo("plain remote=" + plain.address());
    }

    assertThat(otherDoor.alive(LinkBreaker.DATA)).hasSize(KINDS.size());
    assertThat(client.awaitLog(1, " WARN ")).hasSize(1);
  }

  @EachJdk
  void shouldFailAsWithoutTheAgentWhenTheWholeGroupIsDead(Jdk jdk, Rig rig) {
    Member first = Member.free();
    Member second = Member.free();
    Jvm plain = rig.jvm("plain client", jdk).main(Connector.class);
    Jvm client = connector(rig, jdk, first.target() + "|" + second.target());

    for (String kind : KINDS) {
      assertThat(connect(client, kind, first)).isEqualTo(connect(plain, kind, first));
    }
  }

  @EachJdk
  void shouldHonourTheConnectTimeout(Jdk jdk, Rig rig) throws IOException {
    ServerSocket silentDoor = rig.closing(new ServerSocket(0, 50, Ports.loopback(0).getAddress()));
    Member doorSilent = new Member(Ports.free(), silentDoor.getLocalPort());
    Member unreachable = new Member(fullPort(rig), fullPort(rig));
    Jvm client = connector(rig, jdk, doorSilent.target(), unreachable.target());

    MatchResult toSilentDoor = attempt(client, "socket", doorSilent, TIMEOUT_MS);
    MatchResult toNobody = attempt(client, "socket", unreachable, TIMEOUT_MS);

    assertThat(toSilentDoor.group(1)).startsWith("java.net.");
    assertThat(Long.parseLong(toSilentDoor.group(2))).isLessThan(LATEST_MS);
    assertThat(toNobody.group(1)).isEqualTo("java.net.SocketTimeoutException: Connect timed out");
    assertThat(Long.parseLong(toNobody.group(2))).isBetween(TIMEOUT_MS - 50L, LATEST_MS);
  }

  private static String connect(Jvm client, String kind, Member target) {
    return attempt(client, kind, target, 0).group(1);
  }

  private static MatchResult attempt(Jvm client, String kind, Member target, int timeoutMs) {
    int before = client.transcript().matches("^(CONNECTED|FAILED) ").size();
    client.say(kind + " " + target.host() + " " + target.port() + " " + timeoutMs);
    String outcome = "^(?:CONNECTED|FAILED) \\S+ (.*) tookMs=(\\d+)$";
    return client.transcript().awaitLines(outcome, before + 1, Jvm.PATIENCE).get(before);
  }

  private static Jvm connector(Rig rig, Jdk jdk, String... targets) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("connect", String.join(",", targets));
    settings.put("cluster.mode", "none");
    return rig.jvm("client", jdk).agent(settings).main(Connector.class);
  }

  private static void protectedServer(Rig rig, Jdk jdk, String name, Member at) {
    server(rig.jvm(name, jdk).agent(at.settings()), name, at);
  }

  private static void server(Launch launch, String name, Member at) {
    launch.main(GreetingServer.class, "name=" + name, "port=" + at.port()).awaitLine("^READY");
  }

  /** A port whose backlog is full: a connect there gets no answer at all. */
  private static int fullPort(Rig rig) throws IOException {
    ServerSocket full = rig.closing(new ServerSocket(0, 1, Ports.loopback(0).getAddress()));
    for (int i = 0; i < 2; i++) {
      rig.closing(new Socket(full.getInetAddress(), full.getLocalPort()));
    }
    return full.getLocalPort();
  }
}
