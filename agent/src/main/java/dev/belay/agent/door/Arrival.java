package dev.belay.agent.door;

import dev.belay.agent.config.Divergence;
import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.replay.DivergenceException;
import dev.belay.agent.replay.LoggedTurns;
import dev.belay.agent.replay.Replay;
import dev.belay.agent.session.Pump;
import dev.belay.agent.wire.Refusal;
import java.io.IOException;

/**
 * A session on its way here from another server: what its client has, and the replay that brings a
 * fresh handler there.
 *
 * <p>It may be prepared while its client goes on with that server, until {@link #switchTo}; until
 * then nothing has happened that the client would have to know of.
 *
 * <p>Invariant: the session hears once of its end, unless it is cancelled. Loop thread.
 */
final class Arrival implements Replay.Owner {
  /** How often a client hears how near a prepared takeover is. */
  private static final long NEARNESS_MS = 10;

  /** A handler that has not got on for so long may take as long as it likes: without a place. */
  private static final long REST_MS = 1000;

  private final ServerSide side;
  private final LoggedTurns log;
  private Replay.Client client;
  private boolean isPrepared;
  private ServerSession session;
  private ServerReport report;
  private Replay replay;

  /**
   * @param client what the client has
   * @param log what the members hold of the input
   * @param prepares the client goes on with its server for the time being
   */
  Arrival(ServerSide side, Replay.Client client, LoggedTurns log, boolean prepares) {
    this.side = side;
    this.client = client;
    this.log = log;
    this.isPrepared = prepares;
  }

  /** Goes first. */
  void of(ServerSession arriving, ServerReport itsReport) {
    session = arriving;
    report = itsReport;
    report.suppressing(client.receivedPosition());
  }

  /** True while the client has another server. */
  boolean isPrepared() {
    return isPrepared;
  }

  /** The application has accepted: its handler is on the bell, the client on the link. */
  void begin(GuardedDescriptor descriptor, RawSocket link, RawSocket bell) throws IOException {
    long patienceMs = side.settings().resumeWindowMs();
    replay = new Replay(side.loop(), descriptor, link, bell, client, log, patienceMs, this);
    if (isPrepared) {
      replay.prepare();
    }
    replay.start();
    tellNearness();
  }

  /** The client compares with what it has itself. */
  private void tellNearness() {
    if (replay == null || !isPrepared) {
      return;
    }
    if (session.control() == null) {
      session.notPrepared(Refusal.UNSPECIFIED, "the client is gone");
      return;
    }
    session.control().near(session.session(), replay.comparedPosition());
    side.loop().after(NEARNESS_MS, this::tellNearness);
  }

  /** The client has received so much from the server that it still has. */
  void clientReceived(long position, int checksum) {
    if (isPrepared) {
      knows(new Replay.Client(position, checksum, false, false));
      if (replay != null) {
        replay.clientReceived(position, checksum);
      }
    }
  }

  /** The client has left its server. */
  void switchTo(Replay.Client last) {
    if (isPrepared) {
      isPrepared = false;
      knows(last);
      if (replay != null) {
        replay.switchTo(last);
      }
    }
  }

  private void knows(Replay.Client now) {
    client = now;
    report.suppressing(now.receivedPosition());
  }

  /** Nothing has come from the client for so long, though it would be read. */
  boolean isStarved(long forMs) {
    return replay != null && replay.isStarved(forMs);
  }

  /** It costs this server nothing at the moment: the application or the client has to act. */
  boolean awaitsOthers() {
    return replay == null || replay.awaitsClient() || replay.isAtRest(REST_MS);
  }

  /** Ends it without a word. */
  void cancel() {
    if (replay != null) {
      replay.cancel();
      replay = null;
    }
  }

  @Override
  public void replayed(Pump rest) {
    long replayed = replay.replayedBytes();
    replay = null;
    report.takenOver(replayed, client.receivedPosition());
    session.arrived(rest, client.receivedPosition());
  }

  @Override
  public boolean mayContinue(DivergenceException divergence) {
    String service = session.session().service();
    boolean goesOn = side.settings().divergence().of(service) == Divergence.CONTINUE;
    if (goesOn) {
      report.divergedAndGoesOn(divergence);
    }
    return goesOn;
  }

  @Override
  public void failed(Refusal reason, String cause) {
    if (isPrepared) {
      session.notPrepared(reason, cause);
    } else if (reason == Refusal.DIVERGED && !side.isLeaving()) {
      report.diverged(client.receivedPosition(), cause);
      session.abort(reason, cause);
    } else {
      // What a handler does when its process is shut down says nothing of the next one.
      report.takeoverFailed(cause);
      session.notArrived(cause);
    }
  }
}
