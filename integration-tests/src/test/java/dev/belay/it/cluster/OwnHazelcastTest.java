package dev.belay.it.cluster;

import static dev.belay.it.rig.Cluster.awaitReplicating;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.OwnHazelcastServer;
import dev.belay.it.rig.Cluster;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Ports;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import dev.belay.it.rig.Transcript;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An application with a Hazelcast of its own, of another version, notices nothing of the agent's.
 */
@ExtendWith(RigExtension.class)
@Timeout(120)
class OwnHazelcastTest {

  @OneJdk
  void shouldRunBesideAnotherVersion(Jdk jdk, Rig rig) throws Exception {
    SupportGroup group = SupportGroup.of(2);
    Cluster cluster = new Cluster(2);
    Member plainPlace = Member.free();
    Jvm plain = start(rig.jvm("plain", jdk), plainPlace);
    Jvm[] servers = new Jvm[2];
    for (int i = 0; i < servers.length; i++) {
      Launch launch = rig.jvm("server " + i, jdk).agent(cluster.server(group.member(i), i));
      servers[i] = start(launch, group.member(i));
    }
    awaitReplicating(servers);
    assertThat(ask(plain, plainPlace)).isZero();

    for (int i = 0; i < servers.length; i++) {
      assertThat(ask(servers[i], group.member(i))).isZero();
      assertThat(reports(servers[i])).hasSize(8).isEqualTo(reports(plain));
      assertThat(servers[i].transcript().lines(Transcript.Source.ERR))
          .anyMatch(line -> line.contains("[4.2"))
          .noneMatch(line -> line.contains("[5."));
    }
    assertThat(reports(plain)).contains("REPORT word=word", "REPORT seen=[]", "REPORT members=1");
  }

  private static Jvm start(Launch launch, Member place) {
    Jvm jvm =
        launch
            .library(Launch.otherHazelcastJar())
            .main(OwnHazelcastServer.class, "port=" + place.port(), "memberPort=" + Ports.free());
    jvm.awaitLine("^READY ");
    return jvm;
  }

  /** Ends it; its exit status. */
  private static int ask(Jvm server, Member place) throws IOException {
    try (Socket socket = new Socket(InetAddress.getByName(place.host()), place.port())) {
      socket.getOutputStream().write("once".getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("once");
    }
    return server.awaitExit();
  }

  private static List<String> reports(Jvm jvm) {
    return jvm.transcript().lines(Transcript.Source.OUT).stream()
        .filter(line -> line.startsWith("REPORT"))
        .toList();
  }
}
