package dev.belay.it.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The agent comes to JVMs that run already, and its jar explains itself. */
@ExtendWith(RigExtension.class)
@Timeout(60)
class AttachTest {
  private static final String ATTACHING_IS_ALLOWED = "-XX:+EnableDynamicAgentLoading";
  private static final int SOME_ROUNDS = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int USAGE = 64;

  @EachJdk
  void shouldProtectLaterConnectionsOfARunningClient(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = protectedServer("primary", jdk, rig, group.member(0));
    Jvm client = client(jdk, rig, group.member(0));
    openAndAwaitRounds(client, 1);

    assertThat(attach(jdk, rig, client, group.clientSettings()).awaitExit()).isZero();
    protectedServer("backup", jdk, rig, group.member(1));
    openAndAwaitRounds(client, 2);
    endInOrder(client, 1);
    primary.kill9();

    assertSurvives(client, 2);
  }

  /** The accept() that was waiting when the agent came still returns a plain connection. */
  @EachJdk
  void shouldProtectLaterConnectionsOfARunningServer(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = server("primary", jdk, rig, group.member(0));
    Jvm plain = client(jdk, rig, group.member(0));
    openAndAwaitRounds(plain, 1);

    assertThat(attach(jdk, rig, primary, group.member(0).settings()).awaitExit()).isZero();
    openAndAwaitRounds(plain, 2);
    primary.awaitLine("service protected: " + group.member(0).port());
    protectedServer("backup", jdk, rig, group.member(1));
    Jvm client = protectedClient(jdk, rig, group);
    openAndAwaitRounds(client, 1);
    endInOrder(plain, 1);
    endInOrder(plain, 2);
    primary.kill9();

    assertSurvives(client, 1);
  }

  @EachJdk
  void shouldLeaveEarlierConnectionsPlain(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(1);
    Jvm server = server("server", jdk, rig, group.member(0));
    Jvm client = client(jdk, rig, group.member(0));
    openAndAwaitRounds(client, 1);

    assertThat(attach(jdk, rig, client, group.clientSettings()).awaitExit()).isZero();
    awaitRounds(client, 1, rounds(client, 1) + SOME_ROUNDS);
    server.kill9();

    client.awaitLine("^failed 1 \\d+ java");
  }

  @OneJdk
  void shouldSaySoWhenItIsAttachedAlready(Jdk jdk, Rig rig) {
    Jvm server = server("server", jdk, rig, Member.free());
    Map<String, String> settings = Member.free().settings();
    Jvm first = attach(jdk, rig, server, settings);
    assertThat(first.awaitExit()).isZero();

    Jvm second = attach(jdk, rig, server, settings);

    assertThat(second.awaitExit()).isEqualTo(1);
    second.awaitLine(
        "^belay: process " + server.pid() + " refused: was started before in this JVM");
  }

  @OneJdk
  void shouldNotTouchAJvmWhenASettingIsWrong(Jdk jdk, Rig rig) {
    Jvm server = server("server", jdk, rig, Member.free());

    Jvm attach = attach(jdk, rig, server, Map.of("connect", "nowhere"));

    assertThat(attach.awaitExit()).isEqualTo(USAGE);
    attach.awaitLine("belay.connect=nowhere .*expected host:port@doorPort");
    assertThat(server.transcript().lines()).hasSize(1);
  }

  @EachJdk
  void shouldSayThatThisJvmCanBeProtected(Jdk jdk, Rig rig) {
    Jvm check = rig.jvm("check", jdk).jar(Launch.agentJar(), "check");

    assertThat(check.awaitExit()).isZero();
    check.awaitLine("^This JVM can be protected\\.$");
    check.awaitLine("^JDK: +" + jdk.feature() + "\\.");
  }

  @OneJdk
  void shouldExplainItselfWithoutArguments(Jdk jdk, Rig rig) {
    Jvm help = rig.jvm("help", jdk).jar(Launch.agentJar());

    assertThat(help.awaitExit()).isZero();
    help.awaitLine("^belay \\S+: keeps TCP connections alive");
    help.awaitLine("attach PID");
    help.awaitLine("^ +belay\\.connect ");
  }

  @OneJdk
  void shouldPrintItsVersion(Jdk jdk, Rig rig) {
    Jvm version = rig.jvm("version", jdk).jar(Launch.agentJar(), "version");

    assertThat(version.awaitExit()).isZero();
    version.awaitLine("^belay \\d+\\.\\d+");
  }

  private static Jvm server(String name, Jdk jdk, Rig rig, Member at) {
    Jvm server = attachable(name, jdk, rig).main(EchoServer.class, String.valueOf(at.port()));
    server.awaitLine("^listening");
    return server;
  }

  private static Jvm client(Jdk jdk, Rig rig, Member of) {
    Jvm client = attachable("client", jdk, rig).main(SteadyClient.class, String.valueOf(of.port()));
    client.awaitLine("^ready");
    return client;
  }

  /** Without the option newer JDKs warn of every agent that comes later. */
  private static Launch attachable(String name, Jdk jdk, Rig rig) {
    Launch launch = rig.jvm(name, jdk);
    return jdk.hasVirtualThreads() ? launch.jvmOptions(ATTACHING_IS_ALLOWED) : launch;
  }

  private static Jvm protectedServer(String name, Jdk jdk, Rig rig, Member at) {
    Jvm server =
        rig.jvm(name, jdk).agent(at.settings()).main(EchoServer.class, String.valueOf(at.port()));
    server.awaitLine("^listening");
    return server;
  }

  private static Jvm protectedClient(Jdk jdk, Rig rig, SupportGroup group) {
    return rig.jvm("protected client", jdk)
        .agent(group.clientSettings())
        .main(SteadyClient.class, String.valueOf(group.member(0).port()));
  }

  private static Jvm attach(Jdk jdk, Rig rig, Jvm to, Map<String, String> settings) {
    List<String> arguments = new ArrayList<>(List.of("attach", String.valueOf(to.pid())));
    settings.forEach((key, value) -> arguments.add("belay." + key + "=" + value));
    return rig.jvm("attach to " + to.name(), jdk)
        .jar(Launch.agentJar(), arguments.toArray(String[]::new));
  }

  private static void openAndAwaitRounds(Jvm client, int number) {
    client.say("open");
    awaitRounds(client, number, SOME_ROUNDS);
  }

  private static void assertSurvives(Jvm client, int number) {
    awaitRounds(client, number, rounds(client, number) + SOME_ROUNDS);
    endInOrder(client, number);
    client.awaitLine(" belay .*takeover: service=");
  }

  private static void awaitRounds(Jvm client, int number, long rounds) {
    client.transcript().awaitNumber("^at " + number + " (\\d+)", rounds, PATIENCE);
  }

  private static long rounds(Jvm client, int number) {
    return client.transcript().awaitNumber("^at " + number + " (\\d+)", 0, Jvm.PATIENCE);
  }

  private static void endInOrder(Jvm client, int number) {
    client.say("end " + number);
    client.awaitLine("^right " + number + " ");
  }
}
