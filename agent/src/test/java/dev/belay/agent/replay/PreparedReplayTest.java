package dev.belay.agent.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.Soon;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A fresh handler is brought near to a session that goes on elsewhere, and gets it at the switch.
 */
@Timeout(60)
final class PreparedReplayTest {
  private static final long PATIENCE_MS = 10_000;
  private static final int SCENARIOS = 15;
  private static final long A_MOMENT_MS = 100;

  @Test
  void shouldKeepTheOutputUntilTheSwitchAndGoOnFromWhereTheClientIsThen() throws Exception {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Random random = new Random(seed);
      Talk talk = Talk.random(random, 20_000 + random.nextInt(100_000));
      int written = talk.input().length / 2;
      int before = random.nextInt(written);
      try (ReplayRig rig = ReplayRig.prepared(LinkPair.open(), PATIENCE_MS, Talk::serve)) {
        rig.log().turn(0, talk.input(0, before));
        rig.clientReceived(talk.clientAt(random.nextInt(talk.outputBefore(before) + 1)));
        rig.log().turn(0, talk.input(before, written));
        int received = random.nextInt(talk.outputBefore(written) + 1);
        received = Math.max(received, talk.outputBefore(before));
        rig.switchTo(talk.clientAt(received));
        rig.log().end(0);

        assertThat(rig.outcome()).as("seed=%d", seed).isEqualTo("replayed");
        rig.client().send(talk.input(written, talk.input().length));

        byte[] rest = talk.outputFrom(received);
        assertThat(Arrays.equals(rig.client().receive(rest.length), rest))
            .as("seed=%d", seed)
            .isTrue();
      }
    }
  }

  @Test
  void shouldNotSwitchByItself() throws Exception {
    Talk talk = Talk.random(new Random(1), 1000);
    try (ReplayRig rig = ReplayRig.prepared(LinkPair.open(), PATIENCE_MS, Talk::serve)) {
      rig.log().turn(0, talk.input());
      rig.log().end(0);
      Soon.until("read", () -> rig.session().receivedPosition() == talk.input().length);

      assertThat(rig.hasOutcomeWithin(A_MOMENT_MS)).isFalse();

      rig.switchTo(talk.clientAt(0));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldFindADivergenceBeforeTheSwitch() throws Exception {
    Talk talk = Talk.random(new Random(2), 1000);
    Talk other = Talk.random(new Random(3), 1000);
    try (ReplayRig rig = ReplayRig.prepared(LinkPair.open(), PATIENCE_MS, Talk::serve)) {
      rig.log().turn(0, talk.input());
      rig.clientReceived(other.clientAt(500));

      assertThat(rig.outcome()).isEqualTo("DIVERGED");
    }
  }

  @Test
  void shouldCompareWhereTheHandlerIsHoweverFarTheClientHasGone() throws Exception {
    Talk talk = Talk.random(new Random(7), 1000);
    Talk other = Talk.random(new Random(8), 1000);
    try (ReplayRig rig = ReplayRig.prepared(LinkPair.open(), PATIENCE_MS, Talk::serve)) {
      rig.clientReceived(other.clientAt(10));
      rig.clientReceived(talk.clientAt(talk.output().length)); // not reached by what is written
      rig.log().turn(0, talk.input(0, 100));

      assertThat(rig.outcome()).isEqualTo("DIVERGED");
    }
  }

  /** Else a client could leave a server for one whose output differs. */
  @Test
  void shouldSayHowFarItHasComparedNotHowFarTheHandlerIs() throws Exception {
    Talk talk = Talk.random(new Random(9), 1000);
    int half = talk.output().length / 2;
    try (ReplayRig rig = ReplayRig.prepared(LinkPair.open(), PATIENCE_MS, Talk::serve)) {
      rig.log().turn(0, talk.input());
      Soon.until("said", () -> rig.session().sentPosition() == talk.output().length);

      assertThat(rig.comparedPosition()).isZero();

      rig.clientReceived(talk.clientAt(half));

      assertThat(rig.comparedPosition()).isEqualTo(half);
    }
  }

  @Test
  void shouldFindADivergenceAtTheSwitch() throws Exception {
    Talk talk = Talk.random(new Random(4), 1000);
    Talk other = Talk.random(new Random(5), 1000);
    try (ReplayRig rig = ReplayRig.prepared(LinkPair.open(), PATIENCE_MS, Talk::serve)) {
      rig.log().turn(0, talk.input()).end(0); // before: the divergence resets the link

      rig.switchTo(other.clientAt(500));

      assertThat(rig.outcome()).isEqualTo("DIVERGED");
    }
  }

  @Test
  void shouldEndWhenTheClientDropsTheLink() throws Exception {
    Talk talk = Talk.random(new Random(6), 1000);
    try (ReplayRig rig = ReplayRig.prepared(LinkPair.open(), PATIENCE_MS, Talk::serve)) {
      rig.log().turn(0, talk.input());
      Soon.until("read", () -> rig.session().receivedPosition() == talk.input().length);

      rig.client().peer().close();

      assertThat(rig.outcome()).isEqualTo("UNSPECIFIED");
    }
  }
}
