package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.wire.Refusal;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A door that has no room just now, or whose link is reset, is asked again; one that never answers
 * is given up.
 */
@Timeout(30)
final class BusyDoorTest {
  private static final RunningLoop LOOP = new RunningLoop("busy-door-test-loop");
  private static final int NEVER = Integer.MAX_VALUE;

  private FakeDoor door;

  @BeforeEach
  void open() throws IOException {
    door = new FakeDoor();
  }

  @AfterEach
  void close() throws IOException {
    door.close();
  }

  /** What becomes of the wait for a control link. */
  private String waitFor(long patienceMs) throws Exception {
    ServerPeer peer = door.peer(LOOP.loop(), patienceMs);
    Outcome outcome = new Outcome();
    LOOP.run(() -> peer.whenUp(outcome));
    return outcome.get();
  }

  @Test
  void shouldAskABusyDoorAgain() throws Exception {
    door.answer(Refusal.BUSY, 3);

    assertThat(waitFor(1000)).isEqualTo("up");

    assertThat(door.asked()).isEqualTo(4);
  }

  @Test
  void shouldGiveADoorUpThatStaysBusy() throws Exception {
    door.answer(Refusal.BUSY, NEVER);

    assertThat(waitFor(250)).isEqualTo("BUSY"); // the door's thread needs time for each answer

    assertThat(door.asked()).isBetween(2, 126); // within 2.5 s, at most each 20 ms
  }

  /** Else a network that is mended just when somebody connects leaves him without protection. */
  @Test
  void shouldAskADoorAgainWhoseLinksAreReset() throws Exception {
    door.resetInPlaceOfAnswers();
    door.answer(Refusal.BUSY, 3);

    assertThat(waitFor(10_000)).isEqualTo("up");

    assertThat(door.asked()).isEqualTo(4);
  }

  @Test
  void shouldTakeWhoeverResetsEachLinkForNoDoor() throws Exception {
    door.resetInPlaceOfAnswers();
    door.answer(Refusal.BUSY, NEVER);

    assertThat(waitFor(10_000)).isEqualTo("STRANGER");

    assertThat(door.asked()).isEqualTo(4);
  }

  @Test
  void shouldNotAskADoorAgainThatRefusesForAnotherReason() throws Exception {
    door.answer(Refusal.SECRET_REQUIRED, 1);

    assertThat(waitFor(1000)).isEqualTo("UNFRIENDLY");

    assertThat(door.asked()).isEqualTo(1);
  }

  /** What was asked before the application's port was reached may have come too early. */
  @Test
  void shouldAskOnceMoreWhoHadBeenAskedBefore() throws Exception {
    ServerPeer peer = door.peer(LOOP.loop(), 10_000);
    Outcome before = new Outcome();
    Outcome fromNow = new Outcome();
    LOOP.run(() -> peer.whenUp(before));
    LOOP.run(() -> peer.whenUpFromNow(fromNow));
    door.answer(Refusal.SECRET_REQUIRED, 1);

    assertThat(before.get()).isEqualTo("UNFRIENDLY");
    assertThat(fromNow.get()).isEqualTo("up");
    assertThat(door.asked()).isEqualTo(2);
  }

  private static final class Outcome implements ServerPeer.Waiter {
    private final CompletableFuture<String> future = new CompletableFuture<>();

    String get() throws Exception {
      return future.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void up(ControlLink link) {
      future.complete("up");
    }

    @Override
    public void failed(ServerPeer.Failure failure, String cause) {
      future.complete(failure.name());
    }
  }
}
