package dev.belay.agent.takeover;

import dev.belay.agent.config.Target;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Refusal;
import java.io.IOException;

/**
 * Where a session that has lost its link goes on: asks its server whether it still has the handler,
 * then one server of the group after the other for a takeover, until one agrees, or the session
 * says that it is no longer looking.
 *
 * <p>Epochs: every attempt at a takeover has an epoch higher than any before, whether or not it
 * came to anything, and so has an opening after one that was not answered. Thus an incarnation that
 * was begun for an attempt that timed out is fenced by the next.
 *
 * <p>Invariant: at most one attempt at a time, and none while a call in progress has not been
 * counted. Loop thread.
 */
final class Search {
  /** How soon a server that did not have the session is asked again. */
  private static final long RETRY_MS = 50;

  private final ClientSession flow;
  private final ClientSide side;
  private final Session session;
  private final EventLoop loop;
  private final Candidates candidates;
  private DataLink attempt;
  private int lastEpoch = -1;
  private String lastRefusal = "";

  /** Tells one loss from the next: what was begun for an earlier one comes to nothing. */
  private int episode;

  private Target lostFrom;

  /** Another server than the present one comes first. */
  private boolean needsTakeover;

  /** The present server has no handler for this session any longer. */
  private boolean isGoneThere;

  Search(ClientSession flow, ClientSide side, LiveGroup group) {
    this.flow = flow;
    this.side = side;
    this.session = flow.session();
    this.loop = side.loop();
    this.candidates = new Candidates(group);
  }

  /** Higher than any before. */
  int nextEpoch() {
    return ++lastEpoch;
  }

  /** A link was lost, and not one of a takeover that was not through. */
  void newEpisode(Target at) {
    episode++;
    lostFrom = at;
    lastRefusal = "";
  }

  int episode() {
    return episode;
  }

  /** The whole server is lost: no use in asking it. */
  void serverLost() {
    needsTakeover = true;
  }

  /** A server goes on with the session. */
  void found() {
    needsTakeover = false;
    isGoneThere = false;
    candidates.forgive();
  }

  /** The last answer that was no, to be named when there is none that is better; or nothing. */
  String lastRefusal() {
    return lastRefusal.isEmpty() ? "" : "; last answer: " + lastRefusal;
  }

  void cancel() {
    if (attempt != null) {
      attempt.cancel();
      attempt = null;
    }
  }

  /** Asks the next server, unless one is being asked. */
  void step() {
    if (!flow.isLooking() || attempt != null) {
      return;
    }
    if (!flow.isStill()) { // a call in progress has not been counted: no position is true yet
      flow.onceStill(this::step);
      return;
    }
    if (flow.goesOnPrepared()) {
      return;
    }
    if (isGoneThere && !session.sentLog().mayMove()) {
      flow.fail("the input log was given up at belay.log.limit or belay.memory");
      return;
    }
    boolean isElsewhere = needsTakeover && session.sentLog().mayMove();
    Target next = isElsewhere ? candidates.next(session.id(), lostFrom) : flow.target();
    ServerPeer at = side.peer(next);
    int current = episode;
    at.whenUp(
        new ServerPeer.Waiter() {
          @Override
          public void up(ControlLink link) {
            if (flow.isLooking() && current == episode && attempt == null) {
              ask(next, at, link);
            }
          }

          @Override
          public void failed(ServerPeer.Failure failure, String cause) {
            if (flow.isLooking() && current == episode) {
              notThere(next, cause, failure != ServerPeer.Failure.BUSY);
            }
          }
        });
  }

  /**
   * @param isLost the server itself is gone; else it beats, and the session may still be there
   */
  void notThere(Target asked, String cause, boolean isLost) {
    AgentLog.debug("session=" + session.id().shortString() + " not at " + asked + ": " + cause);
    lastRefusal = asked + " " + cause;
    if (!isLost && asked.equals(flow.target()) && !needsTakeover) {
      retry(RETRY_MS);
      return;
    }
    needsTakeover = true;
    candidates.avoid(asked);
    retry(candidates.allAvoided() ? RETRY_MS : 0);
  }

  /** Asks again, or another. */
  void retry(long delayMs) {
    int current = episode;
    Runnable again =
        () -> {
          if (current == episode) {
            step();
          }
        };
    if (delayMs == 0) {
      loop.execute(again);
    } else {
      candidates.forgive();
      loop.after(delayMs, again);
    }
  }

  private void ask(Target at, ServerPeer by, ControlLink link) {
    boolean isPresent = at.equals(flow.target());
    if (isPresent && !by.serverInstance().equals(flow.serverInstance())) { // it was restarted
      isGoneThere = true;
      if (!session.sentLog().mayMove()) {
        step(); // which says so
        return;
      }
    }
    // A server that was only silent, or cut off, may still have the handler: that one is asked for.
    boolean isTakeover = isGoneThere || !isPresent;
    int epoch = isTakeover ? nextEpoch() : session.epoch();
    long linkNumber = link.nextLinkNumber();
    byte[] preface = flow.resumePreface(link, linkNumber, at, isTakeover, false, epoch);
    try {
      RawSocket socket = RawSocket.open();
      attempt =
          new DataLink(
              loop, by, socket, link.keys(), linkNumber, preface, listener(at, by, link, epoch));
      attempt.begin(side.resolve(at), side.answerPatienceMs());
    } catch (IOException e) {
      notThere(at, String.valueOf(e.getMessage()), true);
    }
  }

  private DataLink.Listener listener(Target at, ServerPeer by, ControlLink used, int epoch) {
    return new DataLink.Listener() {
      @Override
      public void answered(RawSocket link, DoorReply reply) throws IOException {
        attempt = null;
        if (reply.code() == DoorReply.Code.REFUSED) {
          link.close();
          boolean isTakeover = epoch != session.epoch();
          refused(at, by, used, isTakeover, Refusal.of(reply.reason()), reply.text());
        } else {
          flow.accept(link, reply, at, by, epoch);
        }
      }

      @Override
      public void failed(String cause, boolean silent) {
        attempt = null;
        notThere(at, cause, by.link() == null);
      }
    };
  }

  private void refused(
      Target at, ServerPeer by, ControlLink used, boolean isTakeover, Refusal reason, String text) {
    String answer = reason.text() + " " + text;
    AgentLog.debug("session=" + session.id().shortString() + " refused by " + at + ": " + answer);
    switch (reason) {
      case UNKNOWN_PAIR, BAD_MAC -> {
        by.renew(used);
        retry(RETRY_MS);
      }
      case REPLAYED_LINK_NUMBER -> retry(RETRY_MS);
      case SESSION_UNKNOWN, RING_EXHAUSTED, STALE_EPOCH -> {
        isGoneThere |= at.equals(flow.target());
        if (isTakeover && reason == Refusal.SESSION_UNKNOWN) {
          notThere(at, reason.text(), true); // somebody else's session has this id there
        } else {
          if (reason == Refusal.SESSION_UNKNOWN && !at.equals(lostFrom)) {
            candidates.avoid(at); // it had agreed to a takeover, and that came to nothing
          }
          needsTakeover = true; // a fresh handler, at this server or another
          retry(0);
        }
      }
      case LOG_TRUNCATED -> {
        if (isTakeover) {
          notThere(at, answer, true); // another may have the log
        } else {
          flow.fail(at + " refused: " + answer);
        }
      }
      case DIVERGED -> flow.fail(at + " refused: " + answer);
      case BUSY -> notThere(at, reason.text(), false);
      default -> notThere(at, reason.text(), true);
    }
  }
}
