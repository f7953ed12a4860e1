package dev.belay.agent.door;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.replay.Replay;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;
import java.util.function.Function;

/**
 * What clients say over their control links, passed on to the sessions that it is about.
 *
 * <p>Invariant: a frame reaches an incarnation only if it names its epoch and comes from the client
 * that has the session. Others are late; those that wait for an answer are told so. Loop thread.
 */
final class ClientFrames {
  private final Function<SessionId, ServerSession> sessions;

  /**
   * @param sessions the incarnation that is here, or null
   */
  ClientFrames(Function<SessionId, ServerSession> sessions) {
    this.sessions = sessions;
  }

  void heard(Clients.Client client, Frame frame) {
    if (!(frame instanceof Frame.OfSession of)) {
      return; // that it has come is all that a HEARTBEAT says
    }
    ServerSession present = sessions.apply(of.session());
    boolean isTheirs = present != null && present.client() == client;
    if (isTheirs && present.session().epoch() == of.epoch()) {
      pass(present, of);
    } else if (of instanceof Frame.Sent || of instanceof Frame.Switch) {
      disown(client, of, present == null || isTheirs);
    }
  }

  private static void pass(ServerSession to, Frame.OfSession frame) {
    if (frame instanceof Frame.Received received) {
      to.peerReceived(received.position());
    } else if (frame instanceof Frame.Sent sent) {
      to.clientSent(sent.position());
    } else if (frame instanceof Frame.Fin fin) {
      to.peerEnded(fin.finalPosition(), fin.closed());
    } else if (frame instanceof Frame.EndKnown) {
      to.endKnown();
    } else if (frame instanceof Frame.Abort abort) {
      to.clientAborted(Refusal.of(abort.reason()), abort.text());
    } else if (frame instanceof Frame.Compare compare) {
      to.clientReceived(compare.receivedPosition(), compare.receivedChecksum());
    } else if (frame instanceof Frame.Switch last) {
      to.switchTo(
          new Replay.Client(
              last.receivedPosition(), last.receivedChecksum(), last.inputEnded(), last.closed()));
    } else if (frame instanceof Frame.Moved) {
      to.movedAway();
    } else if (frame instanceof Frame.Stays stays) {
      to.stays(stays.reason());
    }
  }

  /**
   * The client believes that an incarnation is here which has been given up, and may not find its
   * link reset: it is to look for another. Who has another's session is told nothing.
   */
  private static void disown(Clients.Client client, Frame.OfSession of, boolean isForThem) {
    ControlLink control = client.link();
    if (control != null && isForThem) {
      control.linkLost(of.session(), of.epoch());
    }
  }
}
