package dev.belay.agent.door;

import dev.belay.agent.cluster.Shipment;
import dev.belay.agent.replay.DivergenceException;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.Metrics;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.InputLog;
import dev.belay.agent.session.Session;
import dev.belay.agent.session.SessionLine;
import dev.belay.agent.wire.Refusal;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * What is known outside of one session at its server: its lines in the log, its part of the
 * metrics, its row in the reports. Decides nothing.
 *
 * <p>Threads: the view any, else the loop.
 */
final class ServerReport implements SessionView {
  private final ServerSession of;
  private final Metrics metrics;
  private volatile int resumes;
  private volatile int divergences;
  private volatile int demotions;

  /** Null of a session that has begun here. */
  private volatile Takeover takeover;

  /** What is told of the way here. */
  private static final class Takeover {
    private volatile long replayedBytes;
    private volatile long suppressedBytes;
    private volatile long lastMs = Metrics.NO_FAILOVER;
    private long arrivedNs;
    private boolean isPlanned;
  }

  ServerReport(ServerSession of, Metrics metrics) {
    this.of = of;
    this.metrics = metrics;
  }

  private Session session() {
    return of.session();
  }

  private SessionLine line(String what) {
    return SessionLine.of(what, session());
  }

  // ---- what happened ----

  /** The handler is where the client is, and has its link. */
  void takenOver(long replayed, long suppressed) {
    Takeover here = takeover;
    here.replayedBytes = replayed;
    here.lastMs = (System.nanoTime() - here.arrivedNs) / 1_000_000;
    if (here.isPlanned) {
      metrics.moved();
    } else {
      metrics.failedOver(here.lastMs);
    }
    metrics.replayed(replayed);
    metrics.suppressed(suppressed);
    AgentLog.info(
        line("takeover here")
            .with("epoch", session().epoch())
            .with("replayed", replayed)
            .with("suppressed", suppressed)
            .toString());
  }

  /**
   * What the client had received when it came here, as far as is known. The last that it says is
   * what it has when it is without another server.
   */
  void suppressing(long position) {
    Takeover here = takeover == null ? new Takeover() : takeover;
    here.suppressedBytes = position;
    here.isPlanned |= of.isPrepared();
    here.arrivedNs = System.nanoTime();
    takeover = here;
  }

  /** The handler cannot continue it; another may. */
  void takeoverFailed(String cause) {
    AgentLog.warn(line("takeover failed").with("cause", cause).toString());
  }

  /** The handler's output differs. */
  void diverged(long position, String cause) {
    divergences++;
    metrics.diverged();
    AgentLog.error(
        line("diverged")
            .with("position", position)
            .and(" " + cause + "; the client gets connection reset"));
  }

  /** The handler's output differs, and the operator has said that this may be. */
  void divergedAndGoesOn(DivergenceException divergence) {
    divergences++;
    metrics.diverged();
    AgentLog.warn(
        line("diverged")
            .and(
                " "
                    + divergence.getMessage()
                    + "; the session goes on (belay.divergence=continue)"));
  }

  /** A move here has come to nothing; the client still has its server. */
  void notPrepared(Refusal reason, String cause) {
    AgentLog.info(line("move not prepared").with("cause", reason.text()).and(" " + cause));
  }

  /** Another incarnation continues it. */
  void fenced(int byEpoch) {
    AgentLog.info(
        "fenced: session="
            + session().id()
            + " epoch="
            + session().epoch()
            + " by epoch="
            + byEpoch);
  }

  /** The client has gone on elsewhere. */
  void movedAway() {
    metrics.movedAway();
    AgentLog.info(
        line("moved away")
            .with("epoch", session().epoch())
            .with("in", session().receivedPosition())
            .with("out", session().sentPosition())
            .toString());
  }

  /** The log of its input was given up. */
  void demoted() {
    demotions++;
    metrics.demoted();
    AgentLog.warn(
        line("session demoted")
            .with("in", session().receivedPosition())
            .and(
                " reason=belay.log.limit or belay.memory reached at this server; a backup needs"
                    + " what the client has kept"));
  }

  /** The client has come back with a new link. */
  void resumed(long resent) {
    resumes++;
    metrics.resumed();
    metrics.resent(resent);
    AgentLog.info(line("resume here").with("client", peer()).with("resent", resent).toString());
  }

  // ---- as it is ----

  @Override
  public String id() {
    return session().id().toString();
  }

  @Override
  public String service() {
    return session().service();
  }

  @Override
  public String state() {
    return of.state().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public long epoch() {
    return session().epoch();
  }

  @Override
  public String peer() {
    InetSocketAddress client = of.clientAddress();
    return client.getAddress().getHostAddress() + ":" + client.getPort();
  }

  @Override
  public long inPosition() {
    return session().receivedPosition();
  }

  @Override
  public long outPosition() {
    return session().sentPosition();
  }

  @Override
  public long logBytes() {
    InputLog input = session().input();
    return session().sentLog().retainedBytes() + (input == null ? 0 : input.heldBytes());
  }

  @Override
  public long durablePosition() {
    Shipment shipment = of.shipment();
    return shipment == null ? inPosition() : shipment.durablePosition();
  }

  @Override
  public long failovers() {
    return of.isTakeover() ? 1 : 0;
  }

  @Override
  public long resumes() {
    return resumes;
  }

  @Override
  public long divergences() {
    return divergences;
  }

  @Override
  public long demotions() {
    return demotions;
  }

  @Override
  public long lastFailoverMs() {
    Takeover here = takeover;
    return here == null ? Metrics.NO_FAILOVER : here.lastMs;
  }

  @Override
  public long replayedBytes() {
    Takeover here = takeover;
    return here == null ? 0 : here.replayedBytes;
  }

  @Override
  public long suppressedBytes() {
    Takeover here = takeover;
    return here == null ? 0 : here.suppressedBytes;
  }
}
