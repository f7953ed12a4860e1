package dev.belay.it.fault;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static dev.belay.it.rig.LedgerStory.handlers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.LedgerClient;
import dev.belay.it.programs.LedgerServer;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.BrokenWay;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LinkBreaker;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The application's own TLS passes as it is, and is no stream that another server could repeat. */
@ExtendWith(RigExtension.class)
@Timeout(60)
class TlsTest {
  private static final int CONNECTIONS = 2;
  private static final String PASSWORD = "belaybelay";

  @TempDir private Path directory;

  @OneJdk
  void shouldOutliveALinkThatIsReset(Jdk jdk, Rig rig) throws Exception {
    Path keys = keys(jdk);
    BrokenWay way = BrokenWay.of(rig);
    Jvm server = server(rig, jdk, keys, way.server(), way.serverSettings());
    Jvm client = client(rig, jdk, keys, way.group().clientSettings(), way.group());

    awaitMore(client, 100);
    int broken = way.door().reset(LinkBreaker.DATA);
    awaitMore(client, 100);
    finish(client);

    assertThat(broken).isEqualTo(CONNECTIONS);
    assertSameStreams(client, server);
    assertThat(handlers(server)).isEqualTo(CONNECTIONS);
  }

  /**
   * Another handshake, other bytes: the client's connection ends as it would without the agent. At
   * once, or, where the other handshake is shorter and its end is waited for, after the window.
   */
  @OneJdk
  void shouldEndWithItsServer(Jdk jdk, Rig rig) throws Exception {
    Path keys = keys(jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm first = server(rig, jdk, keys, group.member(0), soon(group.member(0).settings()));
    server(rig, jdk, keys, group.member(1), soon(group.member(1).settings()));
    Jvm client = client(rig, jdk, keys, soon(group.clientSettings()), group);

    awaitMore(client, 100);
    first.kill9();

    client.transcript().awaitLines("^CONN .* outcome=FAILED .*Connection reset", 2, Jvm.PATIENCE);
    assertThat(client.awaitLog(CONNECTIONS, "session lost")).hasSize(CONNECTIONS);
  }

  private static Map<String, String> soon(Map<String, String> settings) {
    Map<String, String> sooner = new LinkedHashMap<>(settings);
    sooner.put("resume-window", "3s");
    return sooner;
  }

  private static Jvm server(Rig rig, Jdk jdk, Path keys, Member at, Map<String, String> settings) {
    String kind = "kind=" + ServerKind.TLS.argument();
    Jvm server =
        rig.jvm("server", jdk)
            .agent(settings)
            .jvmOptions("-Djavax.net.ssl.keyStore=" + keys)
            .jvmOptions("-Djavax.net.ssl.keyStorePassword=" + PASSWORD)
            .main(LedgerServer.class, kind, "port=" + at.port());
    server.awaitLine("^READY ");
    return server;
  }

  private static Jvm client(
      Rig rig, Jdk jdk, Path keys, Map<String, String> settings, SupportGroup group) {
    return rig.jvm("client", jdk)
        .agent(settings)
        .jvmOptions("-Djavax.net.ssl.trustStore=" + keys)
        .jvmOptions("-Djavax.net.ssl.trustStorePassword=" + PASSWORD)
        .main(
            LedgerClient.class,
            "kind=" + ClientKind.TLS.argument(),
            "connect=" + group.member(0).address(),
            "connections=" + CONNECTIONS,
            "until=told",
            "window=20",
            "requests=200",
            "maxReply=4096",
            "pause=1");
  }

  /** A key with a certificate that is its own authority. */
  private Path keys(Jdk jdk) throws IOException, InterruptedException {
    Path keys = directory.resolve("keys-" + jdk.feature() + ".p12");
    ProcessBuilder keytool =
        new ProcessBuilder(
            jdk.home().resolve("bin/keytool").toString(),
            "-genkeypair",
            "-alias",
            "belay",
            "-keyalg",
            "EC",
            "-dname",
            "CN=127.0.0.1",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            keys.toString());
    Process made = keytool.inheritIO().start();
    assertThat(made.waitFor()).isZero();
    return keys;
  }
}
