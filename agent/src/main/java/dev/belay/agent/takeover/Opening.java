package dev.belay.agent.takeover;

import dev.belay.agent.config.Target;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Refusal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;

/**
 * One connect of the application to a protected target: the servers of the group are tried in
 * order, beginning with the one that was asked for, each at its door and, where no door is, as a
 * plain server.
 *
 * <p>A server without a door may only be starting: its agent opens the door before the application
 * listens. So once the application's port has been reached the door is asked again; what it says
 * then holds.
 *
 * <p>The application's own socket, put aside by dup2, becomes the first link, so that what was
 * bound or set on it stays; once the kernel has spent it on a failed attempt a new one takes its
 * place.
 *
 * <p>Invariant: ends with the descriptor connected, handed back, or failed with the exception of a
 * plain connect to the address that was asked for. Loop thread.
 */
final class Opening {
  /** How often it is looked whether the application still waits when nobody answers. */
  private static final long LAST_LOOK_MS = 1000;

  /** How often a server is asked again whose control link holds while the new link is lost. */
  private static final int REPEATS = 3;

  private final ClientSide side;
  private final EventLoop loop;
  private final ClientSession session;
  private final GuardedDescriptor descriptor;
  private final InetSocketAddress asked;
  private final ArrayDeque<Target> left = new ArrayDeque<>();
  private Target first;
  private RawSocket original;
  private DataLink attempt;
  private IOException failure;

  /** Whose control link was made anew, as the door had lost it; or null. */
  private Target renewed;

  /** Who is asked again, and how often by now. */
  private Target repeated;

  private int repeats;

  /** Another for each attempt that was not answered: it may have left an incarnation behind. */
  private int epoch;

  /** Whose door was asked after its application's port had been reached, or null. */
  private Target reached;

  private String lastAnswer = "no door answers";

  Opening(
      ClientSide side,
      ClientSession session,
      GuardedDescriptor descriptor,
      RawSocket original,
      InetSocketAddress asked) {
    this.side = side;
    this.loop = side.loop();
    this.session = session;
    this.descriptor = descriptor;
    this.original = original;
    this.asked = asked;
    this.epoch = session.nextEpoch();
  }

  /** Tries the group, that which was asked for first. */
  void begin(Target askedFor, List<Target> group) {
    first = askedFor;
    int start = Math.max(0, group.indexOf(first));
    for (int i = 0; i < group.size(); i++) {
      left.add(group.get((start + i) % group.size()));
    }
    tryNext();
  }

  private boolean isAbandoned() {
    if (session.session().isLocalClosed() || session.isOver()) {
      dropOriginal();
      session.notOpened();
      return true;
    }
    return false;
  }

  private void tryNext() {
    if (isAbandoned()) {
      return;
    }
    Target next = left.poll();
    if (next == null) {
      giveUp();
    } else {
      tryDoor(next);
    }
  }

  private void tryDoor(Target at) {
    ServerPeer peer = side.peer(at);
    peer.whenUp(
        new ServerPeer.Waiter() {
          @Override
          public void up(ControlLink link) {
            if (!isAbandoned()) {
              openAt(at, peer, link);
            }
          }

          @Override
          public void failed(ServerPeer.Failure reason, String cause) {
            if (hasNoTime(reason)) {
              tryNext();
            } else if (!isAbandoned()) {
              boolean isOthers = reason == ServerPeer.Failure.UNFRIENDLY;
              boolean mayBeStarting = !isOthers && !peer.isKnownPlain();
              tryPlain(at, mayBeStarting, "door " + at.door() + ": " + cause);
            }
          }
        });
  }

  /** There is a door, and it does not answer now: another server's may. */
  private static boolean hasNoTime(ServerPeer.Failure reason) {
    return reason == ServerPeer.Failure.SILENT || reason == ServerPeer.Failure.BUSY;
  }

  private void openAt(Target at, ServerPeer peer, ControlLink link) {
    try {
      InetSocketAddress door = side.resolve(at);
      long linkNumber = link.nextLinkNumber();
      byte[] preface = session.openPreface(link, linkNumber, at, epoch);
      RawSocket socket = takeOriginal();
      DataLink.Listener listener = listener(at, peer, link);
      attempt = new DataLink(loop, peer, socket, link.keys(), linkNumber, preface, listener);
      attempt.begin(door, side.answerPatienceMs());
    } catch (IOException e) {
      tryNext();
    }
  }

  private DataLink.Listener listener(Target at, ServerPeer peer, ControlLink used) {
    return new DataLink.Listener() {
      @Override
      public void answered(RawSocket link, DoorReply reply) throws IOException {
        attempt = null;
        if (reply.code() == DoorReply.Code.OPENED) {
          if (session.isOver()) {
            withdraw(link, peer);
          } else {
            session.opened(link, at, peer, epoch);
          }
          return;
        }
        link.close();
        refused(at, peer, used, Refusal.of(reply.reason()));
      }

      @Override
      public void failed(String cause, boolean silent) {
        attempt = null;
        epoch = session.nextEpoch();
        if (!silent && peer.link() == used && mayRepeat(at)) {
          tryDoor(at);
        } else {
          tryNext();
        }
      }
    };
  }

  /** That a link is lost says nothing of a server whose control link holds. */
  private boolean mayRepeat(Target at) {
    repeats = at.equals(repeated) ? repeats + 1 : 1;
    repeated = at;
    return repeats <= REPEATS;
  }

  /** The application closed while it connected: the server's application is not to wait. */
  private void withdraw(RawSocket link, ServerPeer peer) {
    ControlLink control = peer.link();
    if (control != null) {
      control.abort(session.session().id(), epoch, Refusal.UNSPECIFIED, "connect was given up");
    }
    link.reset();
  }

  private void refused(Target at, ServerPeer peer, ControlLink used, Refusal reason) {
    if (reason == Refusal.UNKNOWN_PAIR && !at.equals(renewed)) {
      renewed = at;
      peer.renew(used);
      tryDoor(at);
    } else if (reason == Refusal.NO_SUCH_SERVICE) {
      // Not listening, or not (yet) protected: the port itself knows.
      tryPlain(at, !at.equals(reached), "service " + at.port() + " is not protected there");
    } else {
      lastAnswer = at + " says: " + reason.text();
      tryNext();
    }
  }

  // ---- without protection ----

  private void tryPlain(Target at, boolean mayBeStarting, String why) {
    try {
      InetSocketAddress address = side.resolveApplication(at);
      new PlainAttempt(
              loop,
              takeOriginal(),
              new PlainAttempt.Listener() {
                @Override
                public void connected(RawSocket plain) {
                  if (mayBeStarting) {
                    askAgain(at, plain, why);
                  } else {
                    handBack(at, plain, why);
                  }
                }

                @Override
                public void failed(IOException cause) {
                  plainFailed(at, cause);
                }

                @Override
                public boolean isPatient() {
                  return false;
                }
              })
          .begin(address, side.settings().suspectMs());
    } catch (IOException e) {
      plainFailed(at, e);
    }
  }

  /** Is there really no door, now that the application listens? */
  private void askAgain(Target at, RawSocket plain, String why) {
    reached = at;
    ServerPeer peer = side.peer(at);
    peer.whenUpFromNow(
        new ServerPeer.Waiter() {
          @Override
          public void up(ControlLink link) {
            plain.close();
            if (!isAbandoned()) {
              openAt(at, peer, link);
            }
          }

          @Override
          public void failed(ServerPeer.Failure reason, String cause) {
            if (isAbandoned()) {
              plain.close();
            } else if (hasNoTime(reason) || peer.isEnding()) {
              plain.close();
              tryNext();
            } else {
              peer.notePlain();
              handBack(at, plain, why);
            }
          }
        });
  }

  private void plainFailed(Target at, IOException cause) {
    boolean isAsked = at.port() == asked.getPort() && failure == null;
    if (isAsked) {
      failure = cause;
    }
    tryNext();
  }

  private void handBack(Target at, RawSocket plain, String why) {
    AgentLog.warnOnce("plain." + at, "connection not protected: target=" + at + " reason=" + why);
    side.metrics().fellBackToPlain();
    descriptor.handBack(plain);
    session.notOpened();
  }

  /** Nobody took it: the application gets what a plain connect gives. */
  private void giveUp() {
    if (failure != null) {
      failed(failure);
      return;
    }
    try {
      new PlainAttempt(loop, takeOriginal(), lastListener()).begin(asked, LAST_LOOK_MS);
    } catch (IOException e) {
      failed(e);
    }
  }

  /** Waits as long as the kernel does. A server that comes up meanwhile is found by its door. */
  private PlainAttempt.Listener lastListener() {
    return new PlainAttempt.Listener() {
      @Override
      public void connected(RawSocket plain) {
        if (isAbandoned()) {
          plain.close();
        } else if (reached != null || side.peer(first).isKnownPlain()) {
          handBack(first, plain, lastAnswer);
        } else {
          askAgain(first, plain, lastAnswer);
        }
      }

      @Override
      public void failed(IOException cause) {
        if (cause != null && !isAbandoned()) {
          Opening.this.failed(cause);
        }
      }

      @Override
      public boolean isPatient() {
        return !isAbandoned();
      }
    };
  }

  private void failed(IOException cause) {
    descriptor.connectFailed(cause);
    dropOriginal();
    session.notOpened();
  }

  private RawSocket takeOriginal() throws IOException {
    RawSocket taken = original == null ? RawSocket.open() : original;
    original = null;
    return taken;
  }

  private void dropOriginal() {
    if (original != null) {
      original.close();
      original = null;
    }
  }
}
