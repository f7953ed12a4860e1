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
import java.util.Map;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server whose output is random: the client gets an exception, never a byte of another server,
 * unless the operator has said that it may.
 */
@ExtendWith(RigExtension.class)
@Timeout(60)
class DivergenceTest {
  private static final String WHERE = "(?=.*service=)(?=.*session=)(?=.*position=).*diverged";

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
    assertThat(backup.awaitLog(1, WHERE)).hasSize(1);
    assertThat(client.awaitLog(1, WHERE)).hasSize(1);
  }

  @EachJdk
  void shouldGoOnAtTheSamePositionWhereTheOperatorAllowsIt(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = serverThatMayDiverge(rig, jdk, group.member(0));
    Jvm backup = serverThatMayDiverge(rig, jdk, group.member(1));
    Jvm client =
        rig.jvm("client", jdk)
            .agent(group.clientSettings())
            .main(DiceClient.class, "connect=" + group.member(0).address(), "forgiving=true");

    client.awaitLine("^done 200$");
    primary.kill9();
    int other = Integer.parseInt(client.awaitLine("^other (.*)").group(1));
    client.awaitLine("^done " + (other / 100 + 5) * 100 + "$");
    client.say("finish");
    MatchResult verdict = client.awaitLine("^VERDICT DONE throws=(\\d+) other=(\\d+)");
    int throwCount = Integer.parseInt(verdict.group(1));

    assertThat(other).isGreaterThan(200);
    assertThat(Integer.parseInt(verdict.group(2))).isEqualTo(throwCount - other + 1);
    backup.awaitLine("^ENDED peer=\\S+ throws=" + throwCount + " cause=");
    assertThat(backup.awaitLog(1, "the session goes on \\(belay.divergence=continue\\)"))
        .hasSize(1);
  }

  private static Jvm serverThatMayDiverge(Rig rig, Jdk jdk, Member member) {
    Map<String, String> settings = member.settings();
    settings.put("divergence", "abort," + member.port() + "=continue");
    return server(rig, jdk, member, settings);
  }

  private static Jvm server(Rig rig, Jdk jdk, Member member) {
    return server(rig, jdk, member, member.settings());
  }

  private static Jvm server(Rig rig, Jdk jdk, Member member, Map<String, String> settings) {
    Jvm server =
        rig.jvm("server", jdk).agent(settings).main(DiceServer.class, "port=" + member.port());
    server.awaitLine("^READY");
    return server;
  }
}
