package dev.belay.agent.cluster;

import dev.belay.agent.config.ClusterMode;
import dev.belay.agent.config.ClusterSettings;
import dev.belay.agent.config.HostPort;
import dev.belay.agent.config.Settings;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.ClusterView;
import dev.belay.agent.session.InputLog;
import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.Session;
import dev.belay.replicator.cluster.HeldMemory;
import dev.belay.replicator.cluster.Offer;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.cluster.ReplicatorState;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.FencedException;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.log.SessionUnknownException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * This server's place among the servers: its membership, its writer, and who the others are.
 *
 * <p>Invariant: nothing here waits for the cluster; what it does not answer in time counts as not
 * there. Any thread.
 */
public final class Cluster implements ReplicatorListener, ClusterView {
  /** Starts what stands behind the port; at once. */
  public interface Starter {
    Replicator start(
        ReplicatorSettings settings, ReplicatorListener listener, Consumer<String> log);
  }

  /**
   * What this server is to the others.
   *
   * @param server names this process: its instance id
   * @param door under which clients reach this server
   * @param budget of its own sessions; what it holds for others is taken from it, too, where {@code
   *     belay.memory} was given
   */
  public record Place(String server, String door, MemoryBudget budget) {}

  /** A log is forgotten when nothing was heard of its session for this and the resume window. */
  private static final long GRACE_MS = 30_000;

  private static final int TOUCHES = 4;
  private static final byte[] NO_KEY = {};

  private final EventLoop loop;
  private final String server;
  private final Consumer<List<Offer>> onMembers;
  private final LogWriter writer;
  private final boolean hasNodes;
  private volatile ReplicatorState state = ReplicatorState.STARTING;

  /** Null until what stands behind the port is loaded. */
  private volatile Replicator replicator;

  private volatile Offer offered;
  private Set<String> members = Set.of();
  private volatile List<Offer> offers = List.of();

  /**
   * Joins, in the background.
   *
   * @param onMembers told on the loop of all servers, each time that something has changed
   */
  public Cluster(
      Settings settings,
      Place place,
      EventLoop loop,
      Consumer<List<Offer>> onMembers,
      Starter starter) {
    this.loop = loop;
    this.server = place.server();
    this.onMembers = onMembers;
    this.hasNodes = settings.cluster().mode() == ClusterMode.EXTERNAL;
    long silenceMs = silenceMs(settings);
    this.writer = new LogWriter(this::log, System::nanoTime, silenceMs / TOUCHES);
    writer.start();
    HeldMemory held =
        settings.isMemoryGiven()
            ? new HeldShare(place.budget())
            : HeldMemory.of(settings.memoryBytes());
    ReplicatorSettings with = settingsOf(settings.cluster(), place, silenceMs, held);
    Thread joining = new Thread(null, () -> join(starter, with), "belay-join", 0, false);
    joining.setDaemon(true);
    joining.setContextClassLoader(Cluster.class.getClassLoader());
    joining.start();
  }

  /** A log of a session of which nothing was heard for so long is forgotten. */
  public static long silenceMs(Settings settings) {
    return settings.resumeWindowMs() + GRACE_MS;
  }

  /** In a thread of its own: loading the library alone takes longer than a server's start may. */
  private void join(Starter starter, ReplicatorSettings with) {
    try {
      Replicator started = starter.start(with, this, AgentLog::warn);
      replicator = started;
      writer.hasHolder(state == ReplicatorState.REPLICATING); // it may have been told too early
      Offer known = offered;
      if (known != null) {
        started.offer(known);
      }
    } catch (RuntimeException | LinkageError e) {
      AgentLog.error("cluster: cannot start: " + e, e);
      stateChanged(ReplicatorState.ENDED, String.valueOf(e.getMessage()));
    }
  }

  /** Only asked for when some state has been told, so it is there. */
  private SessionLog log() {
    return replicator.log();
  }

  private static ReplicatorSettings settingsOf(
      ClusterSettings cluster, Place place, long silenceMs, HeldMemory held) {
    List<String> seeds = new ArrayList<>();
    for (HostPort seed : cluster.members()) {
      seeds.add(seed.toString());
    }
    return new ReplicatorSettings(
        cluster.name(),
        place.server(),
        place.door(),
        seeds,
        cluster.bind().host(),
        cluster.bind().port(),
        cluster.mode() == ClusterMode.EXTERNAL
            ? ReplicatorSettings.Role.SERVER_WITHOUT_DATA
            : ReplicatorSettings.Role.SERVER,
        cluster.key(),
        Duration.ofMillis(silenceMs),
        held);
  }

  /** Leaves. */
  public void close() {
    writer.close();
    Replicator started = replicator;
    if (started != null) {
      started.close();
    }
  }

  /** What this server offers now. */
  public void offer(String door, List<Offer.Service> services, int load) {
    Offer now = new Offer(server, door, services, load);
    offered = now; // before the look: who starts it looks the other way round
    Replicator started = replicator;
    if (started != null) {
      started.offer(now);
    }
  }

  @Override
  public String state() {
    return state.name().toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public long heldSessions() {
    Replicator started = replicator;
    return started == null ? 0 : started.held().sessions();
  }

  @Override
  public long heldBytes() {
    Replicator started = replicator;
    return started == null ? 0 : started.held().bytes();
  }

  @Override
  public void stateChanged(ReplicatorState now, String detail) {
    ReplicatorState before = state;
    state = now;
    if (now != before) {
      report(before, now, detail.isEmpty() ? "" : " (" + detail + ")");
    }
    writer.hasHolder(now == ReplicatorState.REPLICATING && replicator != null);
    if (before == ReplicatorState.STARTING && now != before) {
      tellMembers();
    }
  }

  private static void report(ReplicatorState before, ReplicatorState now, String because) {
    switch (now) {
      case REPLICATING -> AgentLog.info("cluster: logs are held by other members" + because);
      case ALONE -> {
        String text = "cluster: no other member holds logs; sessions rely on their clients' own";
        if (before == ReplicatorState.REPLICATING) {
          AgentLog.warn(text + because);
        } else {
          AgentLog.info(text + because);
        }
      }
      case ENDED ->
          AgentLog.warn(
              "cluster: not available; sessions rely on their clients' own logs" + because);
      case STARTING -> AgentLog.debug("cluster: starting" + because);
    }
  }

  @Override
  public void offersChanged(List<Offer> next) {
    offers = next;
    Set<String> now = new HashSet<>();
    for (Offer offer : next) {
      now.add(offer.server());
    }
    boolean hasNews = !now.equals(members);
    members = now;
    if (hasNews && !hasNodes) {
      writer.hasHolder(state == ReplicatorState.REPLICATING && replicator != null);
    }
    if (state != ReplicatorState.STARTING) { // till then it knows of itself only
      tellMembers();
    }
  }

  private void tellMembers() {
    List<Offer> now = offers;
    loop.execute(() -> onMembers.accept(now));
  }

  // ---- shipping ----

  /** What one session's input goes through, once the shipment has begun. */
  public record Logged(InputLog input, Shipment shipment) {}

  /** A session that begins here; null when the cluster has ended for good. */
  public Logged begin(SessionId id, String service, int epoch, Session.Environment environment) {
    return goOn(id, service, epoch, null, environment);
  }

  /**
   * A session that goes on here; null when the cluster has ended for good.
   *
   * @param claimed what was claimed for it, or null
   */
  public Logged goOn(
      SessionId id, String service, int epoch, Claim claimed, Session.Environment environment) {
    SessionRecord record =
        claimed != null
            ? claimed.record()
            : new SessionRecord(id, Epoch.of(epoch), service, server, NO_KEY, 0, 0);
    return logged(record, claimed != null, environment);
  }

  /**
   * A session that is to go on here, and is at another server until it begins to be logged.
   *
   * @return null when the cluster has ended for good
   */
  public Logged prepare(SessionId id, String service, int epoch, Session.Environment environment) {
    Logged logged = goOn(id, service, epoch, null, environment);
    if (logged != null) {
      logged.shipment().claimsFirst();
    }
    return logged;
  }

  private Logged logged(SessionRecord record, boolean isClaimed, Session.Environment environment) {
    if (state == ReplicatorState.ENDED) {
      return null;
    }
    Shipment shipment = writer.ship(record, isClaimed);
    return new Logged(new InputLog(environment, shipment), shipment);
  }

  // ---- taking over ----

  /** What the members hold of a session, claimed for this server unless it was only looked at. */
  public record Claim(SessionLog log, SessionRecord record) {}

  /**
   * Claims what the members hold of a session. The answer comes in any thread.
   *
   * @param heldFrom what the client still has; a log that ends before is of no use, and not claimed
   * @param patienceMs after which nothing is held, as far as this server knows
   * @return the claim; null if nothing is held, or not enough; fails with {@link FencedException}
   *     if a later epoch has been there
   */
  public CompletionStage<Claim> claim(SessionId id, int epoch, long heldFrom, long patienceMs) {
    Replicator started = replicator;
    if (started == null || state == ReplicatorState.STARTING || state == ReplicatorState.ENDED) {
      return CompletableFuture.completedFuture(null);
    }
    SessionLog log = started.log();
    Epoch mine = Epoch.of(epoch);
    CompletableFuture<Claim> answer = new CompletableFuture<>();
    log.session(id, heldFrom)
        .thenCompose(held -> claim(log, held, mine, heldFrom))
        .whenComplete(
            (claimed, failure) -> {
              Throwable cause =
                  failure instanceof CompletionException ? failure.getCause() : failure;
              if (cause instanceof FencedException) {
                answer.completeExceptionally(cause);
                return;
              }
              if (cause != null && !(cause instanceof SessionUnknownException)) {
                AgentLog.debug("log: session=" + id.shortString() + " not claimed: " + cause);
              }
              answer.complete(claimed == null ? null : new Claim(log, claimed));
            });
    return answer.completeOnTimeout(null, patienceMs, TimeUnit.MILLISECONDS);
  }

  /**
   * What the members hold of a session that goes on at its server meanwhile: nothing is claimed.
   * The answer comes in any thread.
   *
   * @return null if nothing is held, or less than up to {@code heldFrom}
   */
  public CompletionStage<Claim> look(SessionId id, long heldFrom, long patienceMs) {
    Replicator started = replicator;
    if (started == null || state == ReplicatorState.STARTING || state == ReplicatorState.ENDED) {
      return CompletableFuture.completedFuture(null);
    }
    SessionLog log = started.log();
    CompletableFuture<Claim> answer = new CompletableFuture<>();
    log.session(id, heldFrom)
        .whenComplete(
            (held, failure) -> {
              boolean isUseful = failure == null && isOfUse(held, heldFrom);
              answer.complete(isUseful ? new Claim(log, held) : null);
            });
    return answer.completeOnTimeout(null, patienceMs, TimeUnit.MILLISECONDS);
  }

  private CompletionStage<SessionRecord> claim(
      SessionLog log, SessionRecord held, Epoch mine, long heldFrom) {
    if (!held.epoch().isBefore(mine)) {
      return CompletableFuture.failedFuture(new FencedException(held.id(), mine, held.epoch()));
    }
    if (!isOfUse(held, heldFrom)) {
      return CompletableFuture.completedFuture(null);
    }
    return log.claim(held.id(), held.epoch(), mine, server, heldFrom)
        .thenApply(claimed -> isOfUse(claimed, heldFrom) ? claimed : null);
  }

  /** Who was seen to hold enough may be gone when it is claimed. */
  private static boolean isOfUse(SessionRecord held, long heldFrom) {
    return held.startPosition() == 0 && held.endPosition() >= heldFrom;
  }
}
