package dev.belay.agent.takeover;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;

/**
 * What one server says over its control link, passed on to the sessions that it is about.
 *
 * <p>Invariant: a frame reaches a session only from the server that it is with, and with the epoch
 * that it has there; or a takeover that is prepared there with that epoch. Loop thread.
 */
final class ServerFrames {
  private final ServerPeer peer;
  private final ServerPeer.Directory directory;
  private final long suspectMs;

  ServerFrames(ServerPeer peer, ServerPeer.Directory directory, long suspectMs) {
    this.peer = peer;
    this.directory = directory;
    this.suspectMs = suspectMs;
  }

  void heard(Frame frame) {
    if (frame instanceof Frame.Group group) {
      directory.group(peer.address(), group.service(), group.members());
    } else if (frame instanceof Frame.Move move) {
      directory.move(peer, move);
    } else if (frame instanceof Frame.Reserved || frame instanceof Frame.Released) {
      for (DirectPool pool : peer.pools()) {
        pool.heard((Frame.OfSession) frame);
      }
    } else if (frame instanceof Frame.Near || frame instanceof Frame.Stays) {
      passToPrepared((Frame.OfSession) frame);
    } else if (frame instanceof Frame.OfSession of) {
      passToSession(of);
    }
  }

  /** Frames of an epoch that is only prepared. */
  private void passToPrepared(Frame.OfSession frame) {
    Preparation to = peer.prepared(frame.session(), frame.epoch());
    if (to != null && frame instanceof Frame.Near near) {
      to.reached(near.receivedPosition(), near.sentPosition());
    } else if (to != null && frame instanceof Frame.Stays stays) {
      to.fail(stays.reason());
    } else if (frame instanceof Frame.Near) {
      disown(frame);
    }
  }

  private void passToSession(Frame.OfSession frame) {
    ClientSession session = directory.find(frame.session());
    if (session != null && showsSession(frame) && session.isOpeningAt(peer)) {
      session.confirmed(); // before its own thread has heard that it is connected
    }
    boolean isHere = session != null && peer.has(session);
    if (isHere && session.session().epoch() == frame.epoch()) {
      pass(session, frame);
    } else if (frame instanceof Frame.Sent || frame instanceof Frame.LinkLost) {
      disown(frame);
    }
  }

  /** Said only by a server that has the session, and whose application has accepted it. */
  private static boolean showsSession(Frame.OfSession frame) {
    return frame instanceof Frame.Received
        || frame instanceof Frame.Durable
        || frame instanceof Frame.Fin;
  }

  private void pass(ClientSession to, Frame.OfSession frame) {
    if (showsSession(frame)) {
      to.confirmed();
    }
    if (frame instanceof Frame.Received received) {
      to.peerReceived(received.position());
    } else if (frame instanceof Frame.Durable durable) {
      to.durable(durable.position());
    } else if (frame instanceof Frame.Sent sent) {
      to.peerSent(sent.position(), suspectMs);
    } else if (frame instanceof Frame.Fin fin) {
      to.peerEnded(fin.finalPosition(), fin.closed());
    } else if (frame instanceof Frame.Abort abort) {
      to.serverAborted(abort.reason(), abort.text());
    } else if (frame instanceof Frame.LinkLost) {
      to.serverLostLink();
    }
  }

  /**
   * The server keeps an incarnation that nobody will come back to: one that was left behind when an
   * opening, a takeover or a move failed half-way, or whose end it has not heard of. It is told.
   */
  private void disown(Frame.OfSession of) {
    SessionId id = of.session();
    ClientSession session = directory.find(id);
    ControlLink control = peer.link();
    boolean isWanted =
        peer.prepared(id, of.epoch()) != null
            || (session != null && !session.isElsewhere(peer, of.epoch()));
    if (control == null || isWanted) {
      return;
    }
    Long finalPosition =
        session == null ? directory.ended(id, of.epoch(), peer.serverInstance()) : null;
    if (finalPosition != null) {
      control.fin(id, of.epoch(), finalPosition);
    } else if (session == null) {
      control.abort(id, of.epoch(), Refusal.SESSION_UNKNOWN, "the session is over");
    } else {
      control.abort(id, of.epoch(), Refusal.STALE_EPOCH, "the session is elsewhere");
    }
  }
}
