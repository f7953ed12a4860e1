package dev.belay.agent.takeover;

import dev.belay.agent.config.Target;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.report.AgentLog;
import java.io.IOException;

/**
 * One session on its way from a server that wants to be rid of it: prepares a takeover at one
 * server after the other, until one of them is near, or none is left and the session stays.
 *
 * <p>Invariant: the session goes on undisturbed until it is told to switch. Loop thread.
 */
final class PlannedMove implements Preparation.Owner {
  private final ClientSession session;
  private final Target from;
  private final Candidates candidates;
  private final Runnable onEnd;
  private Preparation preparation;
  private boolean isOver;

  /**
   * @param candidates of its own: whoever fails here is no worse in an emergency
   * @param onEnd called once
   */
  PlannedMove(ClientSession session, Target from, Candidates candidates, Runnable onEnd) {
    this.session = session;
    this.from = from;
    this.candidates = candidates;
    this.onEnd = onEnd;
  }

  void begin() {
    tryNext("no other server");
  }

  private void tryNext(String reason) {
    if (isOver) {
      return;
    }
    Target next = candidates.next(session.session().id(), from);
    if (next.equals(from)) {
      end();
      session.stays(reason);
      return;
    }
    session
        .peerAt(next)
        .whenUp(
            new ServerPeer.Waiter() {
              @Override
              public void up(ControlLink link) {
                ask(next, link);
              }

              @Override
              public void failed(ServerPeer.Failure failure, String cause) {
                notThere(next, cause);
              }
            });
  }

  private void ask(Target at, ControlLink control) {
    if (isOver) {
      return;
    }
    try {
      preparation = session.prepare(at, control, this);
    } catch (IOException e) {
      notThere(at, String.valueOf(e.getMessage()));
    }
  }

  private void notThere(Target at, String cause) {
    AgentLog.debug(
        "session=" + session.session().id().shortString() + " not to " + at + ": " + cause);
    preparation = null;
    candidates.avoid(at);
    tryNext(at + ": " + cause);
  }

  @Override
  public void near(Preparation of) {
    session.switchNow();
  }

  @Override
  public void failed(Preparation of, String cause) {
    notThere(of.goal().target(), cause);
  }

  /**
   * The session has no link now.
   *
   * @return what it can go on with, or null; this is over in any case
   */
  Preparation take() {
    Preparation taken = preparation != null && preparation.isUsable() ? preparation : null;
    if (taken != null) {
      preparation = null;
    }
    cancel();
    return taken;
  }

  /** Nobody wants it any longer. */
  void cancel() {
    if (preparation != null) {
      preparation.cancel();
    }
    end();
  }

  private void end() {
    if (!isOver) {
      isOver = true;
      onEnd.run();
    }
  }
}
