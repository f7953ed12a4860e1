package dev.belay.agent.takeover;

import dev.belay.agent.config.HostPort;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.Frame;
import dev.belay.replicator.log.SessionId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One server's door as this client JVM knows it: the control link to it, and the verdict whether it
 * is alive.
 *
 * <p>The verdict is one per server, not one per session: a control link that ends is tried again at
 * once; if the door refuses, or another process answers, all sessions there are lost together. A
 * server that is silent is not asked again: its kernel would accept where its process does not run.
 *
 * <p>Invariant: while {@link #link} is not null it is open and the handshake done. Loop thread.
 */
final class ServerPeer {
  /** A server that never answered yet may be starting: so many times the patience. */
  private static final int FIRST_PATIENCE = 3;

  /** A door that says BUSY is asked again for so many times the patience. */
  private static final int BUSY_PATIENCE = 10;

  /** How soon, and how much later at most: a herd of clients is not to come back as one. */
  private static final int BUSY_RETRY_MS = 20;

  private static final int BUSY_SPREAD_MS = 100;

  /** Nothing is started again in less: who had no agent has none, who had one has not lost it. */
  private static final long SOONEST_START_NS = 1_000_000_000;

  /** Why there is no control link. */
  enum Failure {
    /** The door refused the connection, or could not be reached. */
    REFUSED,
    /** It did not answer in time. */
    SILENT,
    /** What answered is not a door. */
    STRANGER,
    /** It is a door of other people: secret or version differ. */
    UNFRIENDLY,
    /** It had no room for another client for the whole of {@link #BUSY_PATIENCE}. */
    BUSY
  }

  /** Waits for the control link; exactly one of the two is called, once. */
  interface Waiter {
    void up(ControlLink link);

    void failed(Failure failure, String cause);
  }

  /** What the peer asks of its owner. */
  interface Directory {
    /** A session of this JVM, or null. */
    ClientSession find(SessionId id);

    /** Final position of a session that has ended in order in that incarnation, or null. */
    Long ended(SessionId id, int epoch, Bytes serverInstance);

    /** An address of a configured host. */
    InetAddress resolve(String host) throws IOException;

    /** What the server at that door says of a support group. */
    void group(HostPort door, String service, List<String> members);

    /** A server wants to be rid of sessions. */
    void move(ServerPeer from, Frame.Move asked);
  }

  /** What the peer is opened with; the id of this JVM is made of its instance key. */
  record Identity(Bytes instanceKey, String name, byte[] secret, SecureRandom random) {}

  private final EventLoop loop;
  private final HostPort address;
  private final Identity identity;
  private final long patienceMs;
  private final Directory directory;
  private final List<Waiter> waiters = new ArrayList<>();
  private final Set<ClientSession> sessions = new LinkedHashSet<>();
  private final Queue<ClientSession> begun = new ConcurrentLinkedQueue<>();
  private final List<DirectPool> pools = new ArrayList<>();
  private final Set<DataLink> attempts = new LinkedHashSet<>();
  private final Map<SessionId, Preparation> preparations = new HashMap<>();
  private final ServerFrames frames;
  private volatile ControlLink link;
  private Bytes serverInstance;
  private ControlAttempt attempt;
  private long busySinceNs;
  private boolean isBusy;
  private long failedNs;
  private boolean hasFailed;
  private final Silences silences;
  private boolean isPlain;
  private long plainNs;
  private boolean hasEnded;
  private long endedNs;

  /** What the attempts at it, and then the link itself, tell. */
  private final ControlAttempt.Owner onControl =
      new ControlAttempt.Owner() {
        @Override
        public void up(ControlLink up, Bytes instance) {
          serverInstance = instance;
          link = up;
          silences.up(System.nanoTime());
          pools.forEach(pool -> pool.controlUp(up));
          settle(up, null, null);
        }

        @Override
        public void busy(String cause) {
          tryLater(cause);
        }

        @Override
        public void failed(Failure failure, String cause) {
          settle(null, failure, cause);
        }

        @Override
        public void frame(Frame frame) {
          frames.heard(frame);
        }

        @Override
        public void closed(ControlLink of, String cause) {
          if (link == of) {
            lostControl(cause);
          }
        }
      };

  ServerPeer(
      EventLoop loop, HostPort address, Identity identity, long patienceMs, Directory directory) {
    this.directory = directory;
    this.frames = new ServerFrames(this, directory, patienceMs);
    this.loop = loop;
    this.address = address;
    this.silences = new Silences(address);
    this.identity = identity;
    this.patienceMs = patienceMs;
  }

  HostPort address() {
    return address;
  }

  /** The control link, or null. Any thread. */
  ControlLink link() {
    return link;
  }

  /** True while it is being asked for a control link. */
  boolean isAsked() {
    return attempt != null || !waiters.isEmpty();
  }

  /** Known to be unreachable since less than {@code withinMs}. */
  boolean failedWithin(long withinMs) {
    return hasFailed && link == null && System.nanoTime() - failedNs < withinMs * 1_000_000;
  }

  /** Its application was reached, and then there was no door. */
  void notePlain() {
    isPlain = true;
    plainNs = System.nanoTime();
  }

  /** Found to have no agent a moment ago, too short for it to have been started again. */
  boolean isKnownPlain() {
    return isPlain && System.nanoTime() - plainNs < SOONEST_START_NS;
  }

  /**
   * Its agent was there a moment ago: whoever answers now at the application's port is the same
   * process, which ends. A kernel closes what was its one after the other, and whom it accepts
   * until then it resets.
   */
  boolean isEnding() {
    return hasEnded && link == null && System.nanoTime() - endedNs < SOONEST_START_NS;
  }

  void add(ClientSession session) {
    sessions.add(session);
  }

  /** A session was opened directly; the loop hears of it when it matters. Any thread. */
  void begun(ClientSession session) {
    begun.add(session);
  }

  private void admit() {
    ClientSession next;
    while ((next = begun.poll()) != null) {
      next.admitted();
    }
  }

  /** Addresses from which connections may go past the door. */
  void add(DirectPool pool) {
    pools.add(pool);
  }

  List<DirectPool> pools() {
    return pools;
  }

  void remove(ClientSession session) {
    admit();
    sessions.remove(session);
  }

  /** An attempt at a data link to this server is under way. */
  void track(DataLink dataLink) {
    attempts.add(dataLink);
  }

  void untrack(DataLink dataLink) {
    attempts.remove(dataLink);
  }

  /** A session of another server may come to this one. */
  void track(Preparation preparation) {
    preparations.put(preparation.session().id(), preparation);
  }

  void untrack(Preparation preparation) {
    preparations.remove(preparation.session().id(), preparation);
  }

  /** The one that is being prepared there with that epoch, or null. */
  Preparation prepared(SessionId id, int epoch) {
    Preparation preparation = preparations.get(id);
    return preparation != null && preparation.goal().epoch() == epoch ? preparation : null;
  }

  /** Whether the session is with this server. */
  boolean has(ClientSession session) {
    admit();
    return sessions.contains(session);
  }

  /** Those that are with this server; a copy. */
  List<ClientSession> sessions() {
    admit();
    return List.copyOf(sessions);
  }

  private void abandonAttempts(String cause) {
    for (Preparation preparation : List.copyOf(preparations.values())) {
      preparation.fail(cause);
    }
    for (DataLink dataLink : List.copyOf(attempts)) {
      dataLink.abandon(cause);
    }
  }

  /** Calls the waiter when the link is up, which may be now, or cannot be had. */
  void whenUp(Waiter waiter) {
    if (link != null) {
      waiter.up(link);
      return;
    }
    waiters.add(waiter);
    if (attempt == null) {
      tryOnce();
    }
  }

  /**
   * As {@link #whenUp}; but a refusal of what was under way before says nothing of now, and it is
   * tried once more. Silence has lasted until now.
   */
  void whenUpFromNow(Waiter waiter) {
    if (link != null || !isAsked()) {
      whenUp(waiter);
      return;
    }
    whenUp(
        new Waiter() {
          @Override
          public void up(ControlLink link) {
            waiter.up(link);
          }

          @Override
          public void failed(Failure failure, String cause) {
            if (failure == Failure.SILENT) {
              waiter.failed(failure, cause);
            } else {
              whenUp(waiter);
            }
          }
        });
  }

  private void tryOnce() {
    long limitMs = serverInstance == null ? FIRST_PATIENCE * patienceMs : patienceMs;
    attempt = new ControlAttempt(loop, identity, onControl);
    attempt.begin(this::door, limitMs);
  }

  private InetSocketAddress door() throws IOException {
    return new InetSocketAddress(directory.resolve(address.host()), address.port());
  }

  /** Drops the link whose pair was found unknown there, unless another has taken its place. */
  void renew(ControlLink used) {
    if (link == used) {
      used.close();
      lostControl("pair unknown to the server");
    }
  }

  /** The door lives and has no room at the moment: the attempt goes on, a little later. */
  private void tryLater(String cause) {
    long nowNs = System.nanoTime();
    busySinceNs = isBusy ? busySinceNs : nowNs;
    isBusy = true;
    if (nowNs - busySinceNs > BUSY_PATIENCE * patienceMs * 1_000_000) {
      settle(null, Failure.BUSY, cause);
    } else {
      loop.after(BUSY_RETRY_MS + identity.random().nextInt(BUSY_SPREAD_MS), this::tryOnce);
    }
  }

  private void settle(ControlLink up, Failure failure, String cause) {
    attempt = null;
    isBusy = false;
    hasFailed = up == null;
    failedNs = System.nanoTime();
    List<Waiter> told = new ArrayList<>(waiters);
    waiters.clear();
    for (Waiter waiter : told) {
      tell(waiter, up, failure, cause);
    }
  }

  /** One waiter's trouble is not the next one's. */
  private static void tell(Waiter waiter, ControlLink up, Failure failure, String cause) {
    try {
      if (up != null && up.isOpen()) {
        waiter.up(up);
      } else {
        waiter.failed(up == null ? failure : Failure.REFUSED, up == null ? cause : "lost again");
      }
    } catch (RuntimeException e) {
      AgentLog.error("waiting for a control link: " + e, e);
    }
  }

  // ---- the verdict ----

  private void linkEnded(String cause) {
    link = null;
    hasEnded = true;
    endedNs = System.nanoTime();
    abandonAttempts(cause);
    pools.forEach(DirectPool::controlLost);
  }

  /** The control link ended: was it only the link? */
  private void lostControl(String cause) {
    linkEnded("control link lost: " + cause);
    admit();
    if (sessions.isEmpty()) {
      return;
    }
    Bytes former = serverInstance;
    whenUp(
        new Waiter() {
          @Override
          public void up(ControlLink again) {
            if (!serverInstance.equals(former)) {
              loseSessions("server restarted", former);
            } else {
              for (ClientSession session : sessions()) {
                session.tellAgain();
                session.askWhetherThere();
              }
            }
          }

          @Override
          public void failed(Failure failure, String why) {
            loseSessions("server died (" + cause + ", then " + why + ")", null);
          }
        });
  }

  /** All sessions there move; those of the present incarnation of the server stay. */
  private void loseSessions(String cause, Bytes onlyOf) {
    admit();
    List<ClientSession> lost = new ArrayList<>();
    for (ClientSession session : sessions) {
      if (onlyOf == null || onlyOf.equals(session.serverInstance())) {
        lost.add(session);
      }
    }
    sessions.removeAll(lost);
    if (!lost.isEmpty()) {
      AgentLog.info(
          "server lost: door=" + address + " sessions=" + lost.size() + " cause=" + cause);
    }
    for (ClientSession session : lost) {
      session.serverLost(cause);
    }
  }

  Bytes serverInstance() {
    return serverInstance;
  }

  /**
   * Declares the server dead when it is silent for too long.
   *
   * @param pausedNs for how long this JVM has not listened since the last time
   */
  void judge(long pausedNs) {
    ControlLink current = link;
    if (current == null) {
      return;
    }
    current.forgiveSilence(pausedNs);
    long silentMs = current.silentNs(patienceMs * 1_000_000) / 1_000_000;
    if (silentMs > patienceMs && link == current) {
      current.close();
      hasFailed = true;
      failedNs = System.nanoTime();
      silences.ended(failedNs, patienceMs);
      linkEnded("server silent");
      loseSessions("server silent for " + silentMs + "ms", null);
    }
  }
}
