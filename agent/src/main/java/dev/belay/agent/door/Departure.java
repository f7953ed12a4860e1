package dev.belay.agent.door;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.replicator.log.SessionId;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Asks the clients to move their sessions to other servers, and sees whether they do.
 *
 * <p>They are asked again and again: what was under way when they were asked first (an open, a
 * resume) is here only later, and who could not move may be able to now. Nobody waits for a session
 * whose client has said that it stays, or cannot be reached.
 *
 * <p>Threads: {@link #begin}, {@link #awaitMoves} and {@link #progress} any; else the loop.
 */
final class Departure {
  private static final long REMIND_MS = 200;
  private static final long LOOK_MS = 5;
  private static final String ANY_TARGET = "";

  private final EventLoop loop;
  private final Clients clients;
  private final Collection<ServerSession> sessions;
  private final BooleanSupplier isExpected;
  private boolean hasBegun;
  private EventLoop.Timer looking;

  /**
   * @param sessions those that are here: a view that any thread may walk through
   * @param isExpected whether clients may come without asking again
   */
  Departure(
      EventLoop loop,
      Clients clients,
      Collection<ServerSession> sessions,
      BooleanSupplier isExpected) {
    this.isExpected = isExpected;
    this.loop = loop;
    this.clients = clients;
    this.sessions = sessions;
  }

  /** Asks from now on; a second time changes nothing. */
  void begin() {
    loop.execute(
        () -> {
          if (!hasBegun) {
            hasBegun = true;
            loop.every(REMIND_MS, this::remind);
            sendPreparedAway();
            remind();
          }
        });
  }

  /** What was to come here is to go elsewhere. */
  private void sendPreparedAway() {
    for (ServerSession session : sessions) {
      session.abandonPrepared("the server is leaving");
    }
  }

  private void remind() {
    if (!sessions.isEmpty() || isExpected.getAsBoolean()) {
      for (Clients.Client client : clients.all()) {
        ControlLink link = client.link();
        if (link != null) {
          link.move(SessionId.ZERO, ANY_TARGET);
        }
      }
    }
  }

  /**
   * Returns when no session is left that may still move, or the patience is over. Not for the loop.
   */
  void awaitMoves(long patienceMs) {
    CountDownLatch done = new CountDownLatch(1);
    int before = sessions.size();
    begin();
    loop.execute(() -> lookAfresh(done));
    try {
      boolean isDone = done.await(patienceMs, TimeUnit.MILLISECONDS);
      AgentLog.info(
          "leaving: sessions="
              + before
              + " left="
              + sessions.size()
              + reasons()
              + (isDone ? "" : "; not waited for any longer"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Who said no to an earlier request may be able to move by now: it is asked again. */
  private void lookAfresh(CountDownLatch done) {
    for (ServerSession session : sessions) {
      session.askedAgain();
    }
    looking = loop.every(LOOK_MS, () -> look(done));
    look(done);
  }

  private void look(CountDownLatch done) {
    for (ServerSession session : sessions) {
      if (mayMove(session)) {
        return;
      }
    }
    looking.cancel();
    done.countDown();
  }

  private static boolean mayMove(ServerSession session) {
    boolean hasSaidNo = session.stayReason() != null || session.session().isRemoteClosed();
    boolean isOver = session.isOver() || session.owesNothing();
    return !isOver && !hasSaidNo && session.control() != null;
  }

  /** {@code sessions=5 moved=3}, and why they stay that do; for people and for the command line. */
  String progress(long moved) {
    return "sessions=" + sessions.size() + " moved=" + moved + reasons();
  }

  private String reasons() {
    Map<String, Integer> counts = new TreeMap<>();
    for (ServerSession session : sessions) {
      String reason = session.stayReason();
      if (reason != null) {
        counts.merge(reason, 1, Integer::sum);
      }
    }
    return counts.isEmpty() ? "" : " staying=" + counts;
  }
}
