package dev.belay.it.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.it.rig.AgentMetrics;
import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every sample application gets everything right although its server is killed in mid-work. */
@ExtendWith(RigExtension.class)
@Timeout(60)
class SampleAppsTest {

  @EachJdk
  void shouldFinishCalculations(Jdk jdk, Rig rig) {
    SampleRun run = new SampleRun(rig, jdk, "calculator.CalculatorServer");
    run.client(
        "calculator.CalculatorClient",
        "--connections 4 --requests 800 --rate 400 --window 20".split(" "));

    run.awaitDone(400);
    run.killPrimary();

    run.assertRightAfterTakeoverOfUpTo(4);
  }

  @EachJdk
  void shouldFinishADownload(Jdk jdk, Rig rig) {
    SampleRun run = new SampleRun(rig, jdk, "media.MediaServer");
    run.client(
        "media.MediaClient",
        "--name generated:7:30000000 --rate 20m --receive-buffer 256k".split(" "));

    run.awaitDone(8_000_000);
    run.killPrimary();

    run.assertRightAfterTakeoverOfUpTo(1);
  }

  @EachJdk
  void shouldFinishAnUpload(Jdk jdk, Rig rig) {
    SampleRun run = new SampleRun(rig, jdk, "media.MediaServer");
    run.client("media.UploadClient", "--name generated:8:30000000 --rate 20m".split(" "));

    run.awaitDone(8_000_000);
    run.killPrimary();

    run.assertRightAfterTakeoverOfUpTo(1);
  }

  @EachJdk
  void shouldKeepTelemetryExact(Jdk jdk, Rig rig) {
    SampleRun run = new SampleRun(rig, jdk, "telemetry.TelemetryServer");
    run.client(
        "telemetry.TelemetryClient",
        "--connections 50 --messages 200 --rate 100 --window 16".split(" "));

    run.awaitDone(2_000);
    run.killPrimary();

    run.assertRightAfterTakeoverOfUpTo(50);
  }

  @EachJdk
  void shouldFinishAChatToItsHalfCloseAndSummary(Jdk jdk, Rig rig) {
    SampleRun run = new SampleRun(rig, jdk, "chat.ChatServer");
    run.client("chat.ChatClient", "--connections 3 --lines 600 --rate 300".split(" "));

    run.awaitDone(300);
    run.killPrimary();

    run.assertRightAfterTakeoverOfUpTo(3);
  }

  @EachJdk
  void shouldCommitATransactionWhoseServerDiedBetweenTwoStatements(Jdk jdk, Rig rig) {
    SampleRun run = new SampleRun(rig, jdk, "jdbc.JdbcServer");
    run.patientClient("jdbc.JdbcClient", "--rows 500 --pause 2".split(" "));

    assertThat(run.awaitDone(50)).isLessThan(250);
    run.killPrimary();

    run.assertRightAfterTakeoverOfUpTo(1);
  }

  /** Behind 150 rows come 40 fetches of the large result, then the other rows. */
  @EachJdk
  void shouldCommitATransactionWhoseServerDiedDuringAResultSet(Jdk jdk, Rig rig) {
    SampleRun run = new SampleRun(rig, jdk, "jdbc.JdbcServer");
    run.patientClient("jdbc.JdbcClient", "--rows 300 --pause 1".split(" "));
    run.awaitDone(75);
    run.slowDown(10);

    assertThat(run.awaitDone(153)).isLessThan(185);
    run.killPrimary();

    run.assertRightAfterTakeoverOfUpTo(1);
  }

  @OneJdk
  void shouldShowTheTakeoverInItsMetrics(Jdk jdk, Rig rig) throws IOException {
    SampleRun run = new SampleRun(rig, jdk, "calculator.CalculatorServer");
    run.client("calculator.CalculatorClient", "--requests 1000 --rate 200".split(" "));
    run.awaitDone(100);
    run.killPrimary();
    run.awaitTakeovers(1);

    try (AgentMetrics client = AgentMetrics.of(run.clientJvm());
        AgentMetrics backup = AgentMetrics.of(run.backupJvm())) {
      await().atMost(Duration.ofSeconds(10)).until(client::isRegistered);
      assertThat(client.number("Failovers")).isEqualTo(1);
      assertThat(client.number("LastFailoverMs")).isBetween(0L, 5_000L);
      assertThat(client.number("BytesLost")).isZero();
      assertThat(client.number("SessionsOpened")).isEqualTo(1);
      assertThat(backup.number("ReplayedBytes")).isPositive();
      assertThat(backup.number("SuppressedBytes")).isPositive();
      assertThat(backup.number("BytesLost")).isZero();
    }
    run.assertRightAfterTakeoverOfUpTo(1);
  }
}
