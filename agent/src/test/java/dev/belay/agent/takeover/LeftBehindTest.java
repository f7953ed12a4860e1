package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a server says of an incarnation that its client does not have is answered. */
@Timeout(60)
final class LeftBehindTest {
  private static final RunningLoop LOOP = new RunningLoop("left-behind-test-loop");
  private static final SessionId SESSION = new SessionId(1, 2);

  static Stream<Frame> words() {
    return Stream.of(
        new Frame.Near(SESSION, 3, 10, 20),
        new Frame.Sent(SESSION, 3, 20),
        new Frame.LinkLost(SESSION, 3, 0));
  }

  @ParameterizedTest
  @MethodSource("words")
  void shouldTellAServerThatItsIncarnationIsNotWanted(Frame word) throws Exception {
    try (FakeDoor door = new FakeDoor()) {
      ServerPeer peer = door.peer(LOOP.loop(), 20_000);
      door.answer(Refusal.BUSY, 0);
      LOOP.run(() -> peer.whenUp(new Nothing()));
      assertThat(door.read()).isInstanceOf(Frame.Identity.class);

      door.send(word);

      assertThat(door.read())
          .isEqualTo(
              new Frame.Abort(SESSION, 3, Refusal.SESSION_UNKNOWN.code(), "the session is over"));
    }
  }

  private static final class Nothing implements ServerPeer.Waiter {
    @Override
    public void up(ControlLink link) {}

    @Override
    public void failed(ServerPeer.Failure failure, String cause) {
      throw new AssertionError(cause);
    }
  }
}
