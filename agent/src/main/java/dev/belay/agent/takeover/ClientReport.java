package dev.belay.agent.takeover;

import dev.belay.agent.config.Settings;
import dev.belay.agent.config.Target;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.Metrics;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.Session;
import dev.belay.agent.session.SessionLine;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What is known outside of one session at its client: its lines in the log, its part of the
 * metrics, its row in the reports, and since when it has been looking for a server. Decides
 * nothing.
 *
 * <p>Threads: the view any, else the loop.
 */
final class ClientReport implements SessionView {
  private static final String RESET = "; the application gets connection reset";

  private final Session session;
  private final Settings settings;
  private final Metrics metrics;
  private final Supplier<ClientSession.State> state;
  private volatile Target target;
  private long lostNs;
  private String lostCause;
  private Target lostFrom;
  private Step step;
  private boolean isDemotionTold;
  private long demotedNs;
  private volatile long demotions;
  private volatile long failovers;
  private volatile long resumes;
  private volatile long replayed;
  private volatile long suppressed;
  private volatile long lastMs = Metrics.NO_FAILOVER;

  /** A server has agreed to go on with the session. */
  private record Step(
      Target to, long logPosition, long suppressed, long fromPosition, boolean isPlanned) {}

  ClientReport(
      Session session, Settings settings, Metrics metrics, Supplier<ClientSession.State> state) {
    this.session = session;
    this.settings = settings;
    this.metrics = metrics;
    this.state = state;
  }

  private SessionLine line(String what) {
    return SessionLine.of(what, session);
  }

  // ---- what happened ----

  /** Its server is this one. */
  void at(Target now) {
    target = now;
  }

  /**
   * It has no link. When the takeover before was not through yet, its time goes on.
   *
   * @return false in that case
   */
  boolean lost(String cause) {
    boolean isFirst = step == null;
    if (isFirst) {
      lostCause = cause;
      lostNs = System.nanoTime();
      lostFrom = target;
    }
    step = null;
    return isFirst;
  }

  long sinceLostMs() {
    return (System.nanoTime() - lostNs) / 1_000_000;
  }

  /**
   * A server goes on with it from a position of the input.
   *
   * @param isPlanned its former server wanted to be rid of it
   */
  void goesOn(Target to, long fromPosition, boolean isPlanned) {
    step =
        new Step(to, session.sentPosition(), session.receivedPosition(), fromPosition, isPlanned);
  }

  /** True while a takeover is not known to be through. */
  boolean isUnderWay() {
    return step != null;
  }

  /** The same handler goes on. */
  void resumed() {
    resumes++;
    lastMs = sinceLostMs();
    long resent = step.logPosition() - step.fromPosition();
    metrics.resumed();
    metrics.resent(resent);
    write("resume", 0, 0, resent);
    step = null;
  }

  /**
   * The new handler is known to have been given so much.
   *
   * @return true when this shows that the takeover is through
   */
  boolean reached(long position) {
    if (step == null || position < step.logPosition()) {
      return false;
    }
    failovers++;
    lastMs = sinceLostMs();
    replayed += step.logPosition();
    suppressed += step.suppressed();
    if (step.isPlanned()) {
      metrics.moved();
    } else {
      metrics.failedOver(lastMs);
    }
    metrics.replayed(step.logPosition());
    metrics.suppressed(step.suppressed());
    write(step.isPlanned() ? "moved" : "takeover", step.logPosition(), step.suppressed(), 0);
    step = null;
    return true;
  }

  private void write(String what, long replayedNow, long suppressedNow, long resent) {
    AgentLog.info(
        line(what)
            .with("epoch", session.epoch())
            .with("from", lostFrom)
            .with("to", step.to())
            .with("cause", lostCause.replace(' ', '-'))
            .with(step.isPlanned() ? "pause" : "stall", lastMs + "ms")
            .with("replayed", replayedNow)
            .with("suppressed", suppressedNow)
            .with("resent", resent)
            .toString());
  }

  /** There is no way on. */
  void failed(String reason) {
    metrics.sessionLost();
    AgentLog.warn(
        line("session lost")
            .with("server", target)
            .with("in", session.sentPosition())
            .with("out", session.receivedPosition())
            .with("cause", lostCause)
            .with("reason", reason)
            .and(RESET));
  }

  /**
   * Says once that the input log was given up; the cluster may only be a little behind.
   *
   * @param isGivenUp because nobody held it, and not by itself
   */
  void tellDemotion(boolean isGivenUp) {
    if (isDemotionTold || !session.sentLog().isDemoted()) {
      demotedNs = 0;
      return;
    }
    long nowNs = System.nanoTime();
    demotedNs = demotedNs == 0 ? nowNs : demotedNs;
    boolean mayCatchUp = session.sentLog().mayMove();
    if (!mayCatchUp || nowNs - demotedNs > settings.suspectMs() * 1_000_000) {
      isDemotionTold = true;
      demotions = 1;
      metrics.demoted();
      String reason =
          isGivenUp
              ? "belay.log.limit reached, and nobody held more of the log in time"
              : "belay.log.limit or belay.memory reached, here or at the server";
      AgentLog.warn(
          line("session demoted")
              .with("in", session.sentPosition())
              .and(" reason=" + reason + "; it survives a lost link, not a lost server"));
    }
  }

  // ---- as it is ----

  @Override
  public String id() {
    return session.id().toString();
  }

  @Override
  public String service() {
    return session.service();
  }

  @Override
  public String state() {
    return state.get().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public long epoch() {
    return session.epoch();
  }

  @Override
  public String peer() {
    return String.valueOf(target);
  }

  @Override
  public long inPosition() {
    return session.sentPosition();
  }

  @Override
  public long outPosition() {
    return session.receivedPosition();
  }

  @Override
  public long logBytes() {
    return session.sentLog().retainedBytes();
  }

  @Override
  public long durablePosition() {
    long durable = session.sentLog().durablePosition();
    return durable >= session.sentLog().retainedFrom() && !session.sentLog().isDemoted()
        ? inPosition()
        : durable;
  }

  @Override
  public long failovers() {
    return failovers;
  }

  @Override
  public long resumes() {
    return resumes;
  }

  @Override
  public long replayedBytes() {
    return replayed;
  }

  @Override
  public long suppressedBytes() {
    return suppressed;
  }

  @Override
  public long demotions() {
    return demotions;
  }

  @Override
  public long lastFailoverMs() {
    return lastMs;
  }
}
