package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Refusal;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A control link is up when the door has said something behind the identity, and not before. */
@Timeout(30)
final class AdmissionTest {
  private static final RunningLoop LOOP = new RunningLoop("admission-test-loop");

  private final CompletableFuture<String> outcome = new CompletableFuture<>();
  private FakeDoor door;

  @BeforeEach
  void open() throws IOException {
    door = new FakeDoor();
    door.admitNobody();
    door.answer(Refusal.BUSY, 0);
  }

  @AfterEach
  void close() throws IOException {
    door.close();
  }

  private void ask(long patienceMs) throws Exception {
    ServerPeer peer = door.peer(LOOP.loop(), patienceMs);
    LOOP.run(
        () ->
            peer.whenUp(
                new ServerPeer.Waiter() {
                  @Override
                  public void up(ControlLink link) {
                    outcome.complete("up");
                  }

                  @Override
                  public void failed(ServerPeer.Failure failure, String cause) {
                    outcome.complete(failure + " " + cause);
                  }
                }));
  }

  private String outcome() throws Exception {
    return outcome.get(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldBeUpWithTheFirstFrameOfTheDoor() throws Exception {
    ask(20_000);
    assertThat(door.read()).isInstanceOf(Frame.Identity.class);
    LOOP.settle();
    assertThat(outcome).isNotDone();

    door.send(new Frame.Heartbeat(1));

    assertThat(outcome()).isEqualTo("up");
  }

  @Test
  void shouldTakeADoorForSilentThatSaysNothingBehindTheHandshake() throws Exception {
    ask(100);

    assertThat(outcome()).isEqualTo("SILENT no answer in time");
  }

  @Test
  void shouldTakeADoorForAStrangerThatClosesInsteadOfAdmitting() throws Exception {
    ask(20_000);
    assertThat(door.read()).isInstanceOf(Frame.Identity.class);

    door.hangUp();

    assertThat(outcome()).isEqualTo("STRANGER not admitted: end of stream");
  }
}
