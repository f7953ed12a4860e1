package dev.belay.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.MuteServer;
import dev.belay.it.programs.ResetWitness;
import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server killed with no backup left: the client waits for the resume window, then it is told what
 * a reset tells without the agent, word for word, by every kind of call.
 */
@ExtendWith(RigExtension.class)
@Timeout(60)
class NoBackupTest {
  private static final Duration WINDOW = Duration.ofSeconds(2);
  private static final Duration AT_MOST = Duration.ofSeconds(10);
  private static final int CALLS = 6;

  @EachJdk
  void shouldTellConnectionResetAfterTheResumeWindow(Jdk jdk, Rig rig) {
    List<String> plain = plainReset(jdk, rig);
    SupportGroup group = SupportGroup.of(2);
    Map<String, String> settings = group.clientSettings();
    settings.put("resume-window", "2s");
    Jvm server = server(rig.jvm("server", jdk).agent(group.member(0).settings()), group);
    Jvm witness = witness(rig.jvm("witness", jdk).agent(settings), group);

    long killedNs = System.nanoTime();
    server.kill9();
    List<String> told = told(witness);
    Duration waited = Duration.ofNanos(System.nanoTime() - killedNs);

    assertThat(told).isEqualTo(plain);
    assertThat(waited).isBetween(WINDOW, AT_MOST);
    assertThat(witness.awaitLog(CALLS, "session=.*window")).hasSize(CALLS);
  }

  private static List<String> plainReset(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(1);
    Jvm server = server(rig.jvm("plain server", jdk), group);
    Jvm witness = witness(rig.jvm("plain witness", jdk), group);
    server.say("reset");
    return told(witness);
  }

  private static Jvm server(Launch launch, SupportGroup group) {
    Jvm server = launch.main(MuteServer.class, "port=" + group.member(0).port());
    server.awaitLine("^READY");
    return server;
  }

  private static Jvm witness(Launch launch, SupportGroup group) {
    Jvm witness = launch.main(ResetWitness.class, "connect=" + group.member(0).address());
    witness.transcript().awaitLines("^WAITING", CALLS, Jvm.PATIENCE);
    return witness;
  }

  private static List<String> told(Jvm witness) {
    witness.awaitExit();
    return witness.transcript().matches("^(WITNESS|AGAIN|BROKEN) .*").stream()
        .map(line -> line.group())
        .sorted()
        .toList();
  }
}
