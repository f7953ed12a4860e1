package dev.belay.agent.door;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.session.Session;
import java.util.concurrent.TimeUnit;

/**
 * Sessions in which nothing has moved for long. Whoever has one no longer may not have been able to
 * say so: its FIN or RST was lost with a network, its frames with a control link. So the client is
 * asked (SENT), and says what holds.
 *
 * <p>Invariant: a question tells nothing that the client has not said itself. Loop thread.
 */
final class IdleSessions {
  /** The others are asked with the next beat: a control link takes only so much at a time. */
  private static final int ASKED_LIMIT = 1000;

  private final long windowNs;
  private int asked;

  /**
   * @param windowMs after which, and how often then, the client is asked
   */
  IdleSessions(long windowMs) {
    this.windowNs = TimeUnit.MILLISECONDS.toNanos(windowMs);
  }

  /** Before the sessions are reviewed. */
  void beat() {
    asked = 0;
  }

  /** Each session, each beat. */
  void review(ServerSession session, long nowNs) {
    if (session.idleNs(nowNs) > windowNs && asked < ASKED_LIMIT) {
      asked++;
      ask(session, nowNs);
    }
  }

  private static void ask(ServerSession of, long nowNs) {
    Session session = of.session();
    ControlLink control = of.control();
    of.idleAsked(nowNs);
    // Who has closed has said all, but what it sent may have gone with a link that is silent: a
    // handler that waits for it would wait for ever. One that reads slowly has something to read.
    boolean isOwed = !session.isRemoteClosed() || (!session.isInputComplete() && of.waits());
    if (control != null && isOwed) {
      control.sent(session, session.remoteReceived());
    }
  }
}
