package dev.belay.replicator.hazelcast;

import dev.belay.replicator.cluster.Offer;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.cluster.ReplicatorState;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.members.Holder;
import dev.belay.replicator.members.LoopThread;
import dev.belay.replicator.members.MemberLog;
import dev.belay.replicator.members.Patience;
import dev.belay.replicator.members.Peer;
import dev.belay.replicator.members.Peers;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
  private final MemberLog sessions;
  private final Offers offers = new Offers();

  /** Null until Hazelcast has started, and after the end: no class of it is loaded before. */
  private final AtomicReference<Membership> membership = new AtomicReference<>();

  /** Volatile: set by whoever closes, read by the thread that starts Hazelcast. */
  private volatile boolean closed;

  /** Members of another secret that the log has been told of. The loop's thread only. */
  private Set<String> toldStrangers = Set.of();

  /** Of the loop's thread only. */
  private ReplicatorState state = ReplicatorState.STARTING;

  private HazelcastReplicator(
      ReplicatorSettings settings, ReplicatorListener listener, Consumer<String> log, Time time) {
    this.settings = settings;
    this.listener = listener;
    this.log = log;
    loop = new LoopThread("belay-cluster", fault -> log.accept("cluster: " + fault));
    holder = new Holder(time.ticker(), settings.heldMemory(), log);
    sessions =
        new MemberLog(
            loop,
            new Others(),
            holder,
            new MemberLog.Limits(settings.key(), settings.silence(), time.patience()));
  }

  /**
   * Begins to join; returns at once.
   *
   * @param log takes a line for the agent's log; any thread
   */
  public static Replicator start(
      ReplicatorSettings settings, ReplicatorListener listener, Consumer<String> log) {
    return start(settings, listener, log, new Time(System::nanoTime, Patience.USUAL));
  }

  /**
   * What tests may have otherwise.
   *
   * @param ticker the clock of what is held here, in ns
   * @param patience with the other members
   */
  record Time(LongSupplier ticker, Patience patience) {}

  static HazelcastReplicator start(
      ReplicatorSettings settings, ReplicatorListener listener, Consumer<String> log, Time time) {
    HazelcastReplicator replicator = new HazelcastReplicator(settings, listener, log, time);
    replicator.loop.start();
    replicator.daemon("belay-cluster-start", replicator::startHazelcast).start();
    return replicator;
  }

  private Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(HazelcastReplicator.class.getClassLoader());
    return thread;
  }

  private void startHazelcast() {
    try {
      warnOfOpenWords();
      Membership started = new Membership(new Arrivals(), this::endedByItself);
      started.start(settings);
      membership.set(started);
      if (closed) {
        terminate();
      } else {
        loop.execute(this::look);
        loop.execute(this::tellOffer);
        loop.execute(this::expire);
      }
    } catch (Throwable e) {
      loop.execute(() -> become(ReplicatorState.ENDED, "cannot start: " + reason(e)));
    }
  }

  /** Without it being asked to, unless this is closed: who is left holds nothing of ours. */
  private void endedByItself() {
    if (!closed) {
      loop.execute(
          () -> {
            membership.set(null);
            sessions.membersChanged();
            become(ReplicatorState.ENDED, "Hazelcast has ended by itself");
          });
    }
  }

  /** With what lies at the bottom of it, such as what the JDK does not allow. */
  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root == failure ? String.valueOf(failure) : failure + " by " + root;
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

  @Override
  public Held held() {
    return new Held(holder.size(), holder.heldBytes());
  }

  private void look() {
    loop.after(LOOK_NS, this::look); // first: whatever is thrown, it goes on
    lookNow();
  }

  private void lookNow() {
    Membership members = membership.get();
    if (members == null) {
      return;
    }
    List<Peer> before = members.holders();
    if (members.update()) {
      sessions.membersChanged();
      sendOffer();
      showOffers();
    }
    tellStrangers(members.strangers());
    boolean isHeld = !members.holders().isEmpty();
    ReplicatorState next = isHeld ? ReplicatorState.REPLICATING : ReplicatorState.ALONE;
    if (next != state || !members.holders().equals(before)) {
      int count = members.servers().size() + 1;
      become(next, "members=" + count + " address=" + members.address());
    }
  }

  private void tellStrangers(Set<String> strangers) {
    for (String each : strangers) {
      if (!toldStrangers.contains(each)) {
        log.accept(
            "cluster: member "
                + each
                + " has another belay.cluster.key, or one of the two has none: neither holds"
                + " anything for the other");
      }
    }
    toldStrangers = strangers;
  }

  private void become(ReplicatorState next, String detail) {
    if (state != ReplicatorState.ENDED) {
      state = next;
      listener.stateChanged(next, detail);
    }
  }

  private void tellOffer() {
    loop.after(OFFER_NS, this::tellOffer);
    sendOffer();
  }

  private void sendOffer() {
    Membership members = membership.get();
    if (members != null && offers.own() != null) {
      byte[] bytes = OfferCodec.encode(offers.own());
      for (String each : members.servers()) {
        // Sent again soon: who has not got it this time gets it then.
        members
            .ask(each, AskOperation.Kind.OFFER, bytes)
            .whenComplete((answer, failure) -> heard(each, failure == null));
      }
    }
  }

  private void heard(String server, boolean hasAnswered) {
    if (hasAnswered) {
      loop.execute(() -> sessions.heardFrom(server));
    }
  }

  private void showOffers() {
    List<Offer> news = offers.news(servers());
    if (news != null) {
      listener.offersChanged(news);
    }
  }

  private Set<String> servers() {
    Membership members = membership.get();
    return members == null ? Set.of() : members.servers();
  }

  private void expire() {
    loop.after(EXPIRE_NS, this::expire);
    holder.expire(silence());
  }

  /** As long as any of those says for whom something may be held. */
  private Duration silence() {
    Membership members = membership.get();
    Duration theirs = members == null ? Duration.ZERO : members.silence();
    return theirs.compareTo(settings.silence()) > 0 ? theirs : settings.silence();
  }

  /** After which what is held is forgotten. */
  Duration silenceNow() {
    return CompletableFuture.supplyAsync(this::silence, loop).join();
  }

  /** Whether this member holds logs for others. */
  boolean holds() {
    return settings.role() != ReplicatorSettings.Role.SERVER_WITHOUT_DATA;
  }

  /** How many others hold logs. */
  int peers() {
    return new Others().holders().size();
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
    Membership ended = membership.getAndSet(null);
    if (ended != null) {
      ended.terminate();
    }
  }

  /** The other members; none before Hazelcast has started. */
  private final class Others implements Peers {

    @Override
    public List<Peer> holders() {
      Membership members = membership.get();
      return members == null ? List.of() : members.holders();
    }

    @Override
    public CompletionStage<byte[]> ask(Peer peer, byte[] request) {
      Membership members = membership.get();
      return members == null
          ? CompletableFuture.failedStage(new IllegalStateException("not a member"))
          : members.ask(peer, request);
    }
  }

  /** What comes in, in threads of Hazelcast's. */
  private final class Arrivals implements Inbox {

    @Override
    public byte[] calls(byte[] batch) {
      return holder.serve(batch);
    }

    @Override
    public void offer(byte[] bytes) {
      OfferCodec.Numbered offer = OfferCodec.decode(bytes);
      loop.execute(
          () -> {
            offers.arrived(offer, servers());
            showOffers();
          });
    }

    @Override
    public void members() {
      loop.execute(HazelcastReplicator.this::lookNow);
    }
  }
}
