package dev.belay.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.DiceClient;
import dev.belay.it.programs.DiceServer;
import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server whose output is random: the client gets an exception, never a byte of another server.
 */
@ExtendWith(RigExtension.class)
@Timeout(60)
class DivergenceTest {

  @EachJdk
  void shouldEndWithAnExceptionAndNeverAWrongByte(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = server(rig, jdk, group.member(0));
    Jvm backup = server(rig, jdk, group.member(1));
    Jvm client =
        rig.jvm("client", jdk)
            .agent(group.clientSettings())
            .main(DiceClient.class, "connect=" + group.member(0).address());

    client.awaitLine("^done 200$");
    primary.kill9();
    String verdict = client.awaitLine("^VERDICT (.*)").group(1);

    assertThat(verdict).isEqualTo("EXCEPTION java.net.SocketException: Connection reset");
    assertThat(backup.agentLog()).filteredOn(DivergenceTest::tellsWhere).hasSize(1);
    assertThat(client.agentLog()).filteredOn(DivergenceTest::tellsWhere).hasSize(1);
  }

  private static boolean tellsWhere(String line) {
    return line.matches("(?=.*service=)(?=.*session=)(?=.*position=).*diverged.*");
  }

  private static Jvm server(Rig rig, Jdk jdk, Member member) {
    Jvm server =
        rig.jvm("server", jdk)
            .agent(member.settings())
            .main(DiceServer.class, "port=" + member.port());
    server.awaitLine("^READY");
    return server;
  }
}
