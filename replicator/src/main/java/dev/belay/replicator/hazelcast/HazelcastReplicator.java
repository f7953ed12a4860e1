package dev.belay.replicator.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.internal.util.ConcurrencyUtil;
import com.hazelcast.logging.Logger;
import dev.belay.replicator.cluster.Offer;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.cluster.ReplicatorState;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.members.Holder;
import dev.belay.replicator.members.LoopThread;
import dev.belay.replicator.members.MemberLog;
import dev.belay.replicator.members.Peer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A member of a Hazelcast cluster whose members hold each other's logs.
 *
 * <p>Two threads of its own, both daemons: {@code belay-cluster} does everything but starting and
 * ending Hazelcast, which {@code belay-cluster-start} does.
 */
public final class HazelcastReplicator implements Replicator {

  /** Between two looks at the members, which Hazelcast's events only hasten. */
  private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Between two tellings of what is offered, for the load in it. */
  private static final long OFFER_NS = TimeUnit.SECONDS.toNanos(2);

  private static final long EXPIRE_NS = TimeUnit.SECONDS.toNanos(5);

  private static final long CLOSE_MS = 1500;

  private final ReplicatorSettings settings;
  private final ReplicatorListener listener;
  private final Consumer<String> log;
  private final LoopThread loop;
  private final Holder holder;
  private final AskService service;
  private final Membership membership;
  private final MemberLog sessions;
  private final Offers offers = new Offers();

  /** Null until Hazelcast has started, and after the end. */
  private final AtomicReference<HazelcastInstance> instance = new AtomicReference<>();

  /** Volatile: set by whoever closes, read by the thread that starts Hazelcast. */
  private volatile boolean closed;

  /** Of the loop's thread only, as are the following ones. */
  private ReplicatorState state = ReplicatorState.STARTING;

  private HazelcastReplicator(
      ReplicatorSettings settings,
      ReplicatorListener listener,
      Consumer<String> log,
      LongSupplier ticker) {
    this.settings = settings;
    this.listener = listener;
    this.log = log;
    loop = new LoopThread("belay-cluster", fault -> log.accept("cluster: " + fault));
    holder = new Holder(ticker, settings.heldLimitBytes(), log);
    service = new AskService(holder, this::offerArrived, this::membersChanged);
    membership = new Membership(service);
    sessions = new MemberLog(loop, membership, holder, settings.key(), settings.silence());
  }

  /**
   * Begins to join; returns at once.
   *
   * @param log takes a line for the agent's log; any thread
   */
  public static Replicator start(
      ReplicatorSettings settings, ReplicatorListener listener, Consumer<String> log) {
    return start(settings, listener, log, System::nanoTime);
  }

  /** With another clock for what is held here. */
  static HazelcastReplicator start(
      ReplicatorSettings settings,
      ReplicatorListener listener,
      Consumer<String> log,
      LongSupplier ticker) {
    HazelcastReplicator replicator = new HazelcastReplicator(settings, listener, log, ticker);
    replicator.loop.start();
    replicator.daemon("belay-cluster-start", replicator::startHazelcast).start();
    return replicator;
  }

  private Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.setContextClassLoader(HazelcastReplicator.class.getClassLoader());
    return thread;
  }

  /** May take minutes, where the network swallows what is sent to the seeds. */
  private void startHazelcast() {
    try {
      Logger.newLoggerFactory("none"); // for what is logged outside of an instance
      ConcurrencyUtil.setDefaultAsyncExecutor(Runnable::run); // else a thread for each answer
      warnOfOpenWords();
      Config config = MemberConfig.of(settings, service);
      HazelcastInstance started = Hazelcast.newHazelcastInstance(config);
      instance.set(started);
      if (closed) {
        terminate();
      } else {
        loop.execute(this::look);
        loop.execute(this::tellOffer);
        loop.execute(this::expire);
      }
    } catch (Throwable e) {
      loop.execute(() -> become(ReplicatorState.ENDED, "cannot start: " + e));
    }
  }

  private void warnOfOpenWords() throws UnknownHostException {
    boolean isOpen = !InetAddress.getByName(settings.bindHost()).isLoopbackAddress();
    if (isOpen && settings.key() == null) {
      log.accept(
          "belay.cluster.key is not set: input logs and session keys cross the network, and are"
              + " held by other members, as they are");
    }
  }

  @Override
  public SessionLog log() {
    return sessions;
  }

  @Override
  public void offer(Offer offer) {
    loop.execute(
        () -> {
          offers.ownIs(offer);
          sendOffer();
          showOffers();
        });
  }

  /** In a thread of Hazelcast's. */
  private void offerArrived(byte[] bytes) {
    OfferCodec.Numbered offer = OfferCodec.decode(bytes);
    loop.execute(
        () -> {
          offers.arrived(offer, membership.servers());
          showOffers();
        });
  }

  /** In a thread of Hazelcast's. */
  private void membersChanged() {
    loop.execute(this::lookNow);
  }

  private void look() {
    lookNow();
    loop.after(LOOK_NS, this::look);
  }

  private void lookNow() {
    if (instance.get() == null) {
      return; // not joined yet
    }
    List<Peer> before = membership.holders();
    boolean changed = membership.update();
    if (changed) {
      sessions.membersChanged();
      sendOffer();
      showOffers();
    }
    boolean isHeld = !membership.holders().isEmpty();
    ReplicatorState next = isHeld ? ReplicatorState.REPLICATING : ReplicatorState.ALONE;
    if (next != state || !membership.holders().equals(before)) {
      become(next, "members=" + (membership.servers().size() + 1) + " address=" + address());
    }
  }

  private String address() {
    HazelcastInstance started = instance.get();
    return started == null
        ? "none"
        : started.getCluster().getLocalMember().getSocketAddress().toString();
  }

  private void become(ReplicatorState next, String detail) {
    if (state != ReplicatorState.ENDED) {
      state = next;
      listener.stateChanged(next, detail);
    }
  }

  private void tellOffer() {
    sendOffer();
    loop.after(OFFER_NS, this::tellOffer);
  }

  private void sendOffer() {
    if (offers.own() != null) {
      byte[] bytes = OfferCodec.encode(offers.own());
      for (String each : membership.servers()) {
        // Sent again soon: who has not got it this time gets it then.
        membership.ask(each, AskOperation.Kind.OFFER, bytes);
      }
    }
  }

  private void showOffers() {
    List<Offer> news = offers.news(membership.servers());
    if (news != null) {
      listener.offersChanged(news);
    }
  }

  private void expire() {
    holder.expire(settings.silence());
    loop.after(EXPIRE_NS, this::expire);
  }

  /** Whether this member holds logs for others. */
  boolean holds() {
    return settings.role() != ReplicatorSettings.Role.SERVER_WITHOUT_DATA;
  }

  /** How many others hold logs. */
  int peers() {
    return membership.holders().size();
  }

  /** What this member holds for others. */
  Holder holder() {
    return holder;
  }

  @Override
  public void close() {
    closed = true;
    Thread ending = daemon("belay-cluster-end", this::terminate);
    ending.start();
    try {
      ending.join(CLOSE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loop.execute(
        () -> {
          become(ReplicatorState.ENDED, "closed");
          loop.close();
        });
  }

  private void terminate() {
    HazelcastInstance started = instance.getAndSet(null);
    if (started != null) {
      started.getLifecycleService().terminate();
    }
  }
}
