package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.JdkMemory;
import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Bytes;
import dev.belay.replicator.log.SessionId;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link EndedSessions}: what a client still knows of a session that is over. */
final class EndedSessionsTest {
  private static final Bytes SERVER = Bytes.random(16, new Random(1));
  private static final Bytes OTHER = Bytes.random(16, new Random(2));

  private final EndedSessions ended = new EndedSessions();

  private static Session session(long number) {
    Session.Environment environment =
        new Session.Environment(new JdkMemory(), new MemoryBudget(1 << 20), 1 << 20, () -> {});
    return Session.ofClient(new SessionId(1, number), "service", environment);
  }

  private static Session closed(long number) {
    Session session = session(number);
    session.endOutput();
    session.closeLocally();
    return session;
  }

  @Test
  void shouldKnowTheEndOfASessionThatWasClosedAndDelivered() {
    Session session = closed(2);

    ended.note(session, SERVER);

    assertThat(ended.finalPosition(session.id(), 0, SERVER)).isEqualTo(0);
  }

  @Test
  void shouldNotSpeakForAnotherIncarnation() {
    Session session = closed(2);

    ended.note(session, SERVER);

    assertThat(ended.finalPosition(session.id(), 1, SERVER)).isNull();
    assertThat(ended.finalPosition(session.id(), 0, OTHER)).isNull();
  }

  @Test
  void shouldNotKnowASessionThatDidNotEndInOrder() {
    Session session = session(2);

    ended.note(session, SERVER);

    assertThat(ended.finalPosition(session.id(), 0, SERVER)).isNull();
  }

  @Test
  void shouldForgetTheOldestBeyondItsLimit() {
    for (int i = 0; i <= EndedSessions.MOST; i++) {
      ended.note(closed(i), SERVER);
    }

    assertThat(ended.finalPosition(new SessionId(1, 0), 0, SERVER)).isNull();
    assertThat(ended.finalPosition(new SessionId(1, 1), 0, SERVER)).isNotNull();
  }
}
