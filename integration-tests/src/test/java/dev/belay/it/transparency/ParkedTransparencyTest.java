package dev.belay.it.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.Ports;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import dev.belay.it.rig.Transcript;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * While a session is parked, every call of {@link ParkedProbe} means what it means when a server is
 * merely slow; afterwards the session goes on, or is reset when the window is over.
 */
@ExtendWith(RigExtension.class)
@Timeout(90)
class ParkedTransparencyTest {
  private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(5);
  private static final String PARKED = "server lost";

  private final SupportGroup group = SupportGroup.of(1);

  @EachJdk
  void shouldMeanTheSameAsWithASlowServer(Jdk jdk, Rig rig) {
    Jvm plainServer = serve(rig.jvm("plain server", jdk));
    Jvm plainProbe = connect(rig.jvm("plain probe", jdk));
    plainServer.stop();
    List<String> plain = continueAfterSilence(plainServer, plainProbe);
    plainServer.kill9();

    Jvm server = protectedServer(jdk, rig);
    Jvm probe = protectedProbe(jdk, rig, "30s");
    server.stop();
    probe.awaitLine(PARKED);
    List<String> parked = continueAfterSilence(server, probe);

    assertThat(parked).isEqualTo(plain).hasSizeGreaterThan(40);
  }

  @EachJdk
  void shouldResetWhatWaitsWhenTheWindowIsOver(Jdk jdk, Rig rig) {
    Jvm server = protectedServer(jdk, rig);
    Jvm probe = protectedProbe(jdk, rig, "2s");

    server.kill9();
    probe.awaitLine(PARKED);
    probe.say("lost");

    assertThat(probe.awaitExit()).isZero();
    assertThat(notes(probe))
        .containsExactly(
            "parked | waiting socket: java.net.SocketException: Connection reset",
            "parked | waiting channel: java.net.SocketException: Connection reset",
            "parked | waiting async: java.io.IOException: Connection reset");
  }

  @EachJdk
  void shouldNotDelayTheExitOfTheProgram(Jdk jdk, Rig rig) {
    Jvm server = protectedServer(jdk, rig);
    Jvm probe = protectedProbe(jdk, rig, "60s");

    server.kill9();
    probe.awaitLine(PARKED);
    probe.say("leave");
    probe.awaitLine("^leaving$");

    assertThat(probe.awaitExit(EXIT_TIMEOUT)).isZero();
  }

  private Jvm protectedServer(Jdk jdk, Rig rig) {
    return serve(rig.jvm("server", jdk).agent(group.member(0).settings()));
  }

  private Jvm protectedProbe(Jdk jdk, Rig rig, String window) {
    Map<String, String> settings = new LinkedHashMap<>(group.clientSettings());
    settings.put("resume-window", window);
    return connect(rig.jvm("probe", jdk).agent(settings));
  }

  private Jvm serve(Launch launch) {
    Jvm server =
        launch.main(
            ProbeServer.class,
            place(Places.SOCKET, group.member(0).port()),
            place(Places.CHANNEL, Ports.free()),
            place(Places.ASYNC, Ports.free()),
            place(Places.SPARE, Ports.free()));
    server.awaitLine("^ready$");
    return server;
  }

  private Jvm connect(Launch launch) {
    Jvm probe = launch.main(ParkedProbe.class, place(Places.SOCKET, group.member(0).port()));
    probe.awaitLine("^connected$");
    return probe;
  }

  private static String place(String name, int port) {
    return name + "=" + port;
  }

  private static List<String> continueAfterSilence(Jvm server, Jvm probe) {
    probe.say("silent");
    probe.awaitLine("^obeyed silent$");
    server.cont();
    probe.say("continued");
    probe.awaitLine("^leaving$");
    assertThat(probe.awaitExit(EXIT_TIMEOUT)).isZero();
    return notes(probe);
  }

  private static List<String> notes(Jvm probe) {
    return probe.transcript().lines(Transcript.Source.OUT).stream()
        .filter(line -> line.startsWith("parked | "))
        .toList();
  }
}
