package dev.belay.agent.takeover;

import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.session.Session;
import java.util.concurrent.TimeUnit;

/**
 * How long an application waits since its session's log is full ({@code belay.on-limit=block}), and
 * whether that leads anywhere: a server that reads slowly is waited for as without Belay, a cluster
 * that holds nothing of what the server has read is not.
 *
 * <p>The loop's thread.
 */
final class FullLog {
  private final Session session;
  private final long windowNs;
  private boolean isGivenUp;
  private boolean isWaiting;
  private long sinceNs;
  private long durablePosition;

  /**
   * @param windowMs after which no holder is hoped for any more
   */
  FullLog(Session session, long windowMs) {
    this.session = session;
    this.windowNs = TimeUnit.MILLISECONDS.toNanos(windowMs);
  }

  /**
   * Called now and then.
   *
   * @param isLinked whether there is a server that could confirm anything
   */
  void review(long nowNs, GuardedDescriptor descriptor, boolean isLinked) {
    if (isHopeless(nowNs, isLinked && descriptor.holdsWrites())) {
      isGivenUp = true;
      session.sentLog().giveUpLog();
    }
    descriptor.roomMade();
  }

  /** Whether the session has lost its log since nobody would hold it. */
  boolean isGivenUp() {
    return isGivenUp;
  }

  /** Whether nobody has confirmed anything for the whole window. */
  boolean isHopeless(long nowNs, boolean isHeldBack) {
    long durable = session.sentLog().durablePosition();
    boolean isClusterDue = isHeldBack && durable < session.remoteReceived();
    if (!isClusterDue || !isWaiting || durable != durablePosition) {
      isWaiting = isClusterDue;
      sinceNs = nowNs;
      durablePosition = durable;
      return false;
    }
    return nowNs - sinceNs >= windowNs;
  }
}
