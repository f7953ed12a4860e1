package dev.belay.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.attach.EchoServer;
import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.Ports;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.Transcript;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Each wrong setting is one clear line on stderr, and the application runs on. */
@ExtendWith(RigExtension.class)
@Timeout(60)
class BadSettingsTest {
  private static final int STRICT_STATUS = 78;
  private static final String RUNS_ON = "; the application runs unprotected";

  @TempDir Path directory;

  @EachJdk
  void shouldNameEachWrongSettingAndRunTheApplication(Jdk jdk, Rig rig) {
    Launch launch = rig.jvm("application", jdk).jvmOptions("-Dbelay.conect=a:7001@7401");
    Jvm application = launch.agent(Map.of("connect", "a:7001")).main(Hello.class);

    assertThat(application.awaitExit()).isEqualTo(Hello.STATUS);
    assertThat(outputs(application)).containsExactly("hello");
    assertThat(errors(application))
        .containsExactlyInAnyOrder(
            "belay: belay.connect=a:7001 (system property): expected host:port@doorPort, targets"
                + " separated by commas, servers of one support group joined by |, but \"a:7001\""
                + " has no @doorPort"
                + RUNS_ON,
            "belay: belay.conect=a:7001@7401 (system property): unknown key; did you mean"
                + " belay.connect?"
                + RUNS_ON);
  }

  @EachJdk
  void shouldExitWithStatus78WithoutRunningWhenStrict(Jdk jdk, Rig rig) {
    Jvm application =
        rig.jvm("application", jdk)
            .agent(Map.of("strict", "true", "heartbeat", "200"))
            .main(Hello.class);

    assertThat(application.awaitExit()).isEqualTo(STRICT_STATUS);
    assertThat(outputs(application)).isEmpty();
    assertThat(errors(application))
        .singleElement()
        .asString()
        .startsWith("belay: belay.heartbeat=200 (system property): expected a duration");
  }

  @EachJdk
  void shouldNameTheFileThatAWrongSettingComesFrom(Jdk jdk, Rig rig) throws IOException {
    Path file = directory.resolve("belay.properties");
    Files.writeString(file, "belay.advertise=0.0.0.0:7400\n");

    Jvm application = rig.jvm("application", jdk).agentFile(file).main(Hello.class);

    assertThat(application.awaitExit()).isEqualTo(Hello.STATUS);
    assertThat(errors(application))
        .containsExactly(
            "belay: belay.advertise=0.0.0.0:7400 (file "
                + file
                + "): expected host:port that clients can connect to, but nobody can connect to"
                + " 0.0.0.0"
                + RUNS_ON);
  }

  @EachJdk
  void shouldServeUnprotectedWhenTheDoorsPortIsTaken(Jdk jdk, Rig rig) throws IOException {
    ServerSocket taken = rig.closing(new ServerSocket());
    taken.bind(Ports.loopback(0));
    Member member = new Member(Ports.free(), taken.getLocalPort());

    Jvm server = server(jdk, rig, member, member.settings());

    assertThat(echoed(member, "anybody there?")).isEqualTo("anybody there?");
    assertThat(server.awaitLog(1, " ERROR "))
        .singleElement()
        .asString()
        .contains("belay.door=127.0.0.1:" + taken.getLocalPort(), "in use", "not protected");
    assertThat(server.agentLog()).noneMatch(line -> line.contains("service protected"));
  }

  @EachJdk
  void shouldSayThatTheAdvertisedAddressCannotBeResolved(Jdk jdk, Rig rig) throws IOException {
    Member member = Member.free();
    Map<String, String> settings = member.settings();
    settings.put("advertise", "no-such-host.invalid:7400");

    Jvm server = server(jdk, rig, member, settings);
    // The application does not wait for the name; this server ends with its first client.
    server.awaitLog(1, " ERROR ");

    assertThat(echoed(member, "anybody there?")).isEqualTo("anybody there?");
    assertThat(server.awaitLog(1, " ERROR "))
        .singleElement()
        .asString()
        .contains("belay.advertise=no-such-host.invalid:7400", "cannot be resolved");
  }

  /** Names are looked up in an empty file, not in anybody's network. */
  private Jvm server(Jdk jdk, Rig rig, Member member, Map<String, String> settings)
      throws IOException {
    Path noHosts = Files.writeString(directory.resolve("hosts"), "");
    Jvm server =
        rig.jvm("server", jdk)
            .jvmOptions("-Djdk.net.hosts.file=" + noHosts)
            .agent(settings)
            .main(EchoServer.class, String.valueOf(member.port()));
    server.awaitLine("^listening");
    return server;
  }

  private static String echoed(Member member, String text) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(Ports.loopback(member.port()));
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> outputs(Jvm jvm) {
    return jvm.transcript().lines(Transcript.Source.OUT);
  }

  private static List<String> errors(Jvm jvm) {
    return jvm.transcript().lines(Transcript.Source.ERR);
  }
}
