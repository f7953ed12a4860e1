package dev.belay.agent.sim.cluster;

import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.World;
import dev.belay.replicator.cluster.HeldMemory;
import dev.belay.replicator.cluster.Offer;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.cluster.ReplicatorState;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.members.Holder;
import dev.belay.replicator.members.Loop;
import dev.belay.replicator.members.MemberLog;
import dev.belay.replicator.members.Patience;
import dev.belay.replicator.members.Peer;
import dev.belay.replicator.members.Peers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One member: the product's log and holder in a simulated JVM. That another has come or gone it
 * learns a while later, and of one that is only stopped or cut off not at all.
 *
 * <p>Invariant: its code runs as that of its JVM, not while that is paused, never when it is dead.
 */
public final class Member implements Replicator, Loop, Peers {
  private static final List<Member> ALL = new ArrayList<>();
  private static final long MS = 1_000_000;
  private static final long LOOK_NS = 100 * MS;
  private static final long AGAIN_NS = 50 * MS;
  private static final long HELD_BYTES = 64 << 20;

  private final Jvm jvm;
  private final World world;
  private final ReplicatorListener listener;
  private final Peer peer;
  private final Holder holder;
  private final MemberLog log;
  private final long missedAfterNs;
  private final Map<Member, Long> deadSinceNs = new LinkedHashMap<>();
  private final Map<Member, Offer> heard = new LinkedHashMap<>();
  private List<Member> others = List.of();
  private List<Offer> told = List.of();
  private Offer own;
  private boolean isJoined;

  Member(Jvm jvm, ReplicatorSettings settings, ReplicatorListener listener) {
    this.jvm = jvm;
    this.world = jvm.world();
    this.listener = listener;
    this.peer = new Peer(settings.server(), settings.door());
    this.holder = new Holder(jvm::clockNs, HeldMemory.of(HELD_BYTES), line -> {});
    this.missedAfterNs = world.between(50, 3000) * MS;
    this.log =
        new MemberLog(
            this, this, holder, new MemberLog.Limits(null, settings.silence(), Patience.USUAL));
    ALL.add(this);
    jvm.schedule(world.between(1, world.chance(0.9) ? 50 : 1000) * MS, this::join);
  }

  /** A new world begins. */
  public static void reset() {
    ALL.clear();
  }

  /** All that there have been in this world, the dead ones included. */
  public static List<Member> all() {
    return ALL;
  }

  public Holder holder() {
    return holder;
  }

  // ---- membership ----

  private void join() {
    isJoined = true;
    look(true);
  }

  private void look(boolean isFirst) {
    List<Member> now = new ArrayList<>();
    for (Member each : ALL) {
      if (each != this && each.isJoined && !isMissed(each)) {
        now.add(each);
      }
    }
    if (isFirst || !now.equals(others)) {
      others = now;
      log.membersChanged();
      ReplicatorState state = now.isEmpty() ? ReplicatorState.ALONE : ReplicatorState.REPLICATING;
      listener.stateChanged(state, "members=" + (now.size() + 1));
    }
    hearOffers();
    jvm.schedule(LOOK_NS, () -> look(false));
  }

  private boolean isMissed(Member other) {
    if (!other.jvm.isDead()) {
      return false;
    }
    long since = deadSinceNs.computeIfAbsent(other, any -> world.nowNs());
    return world.nowNs() - since >= missedAfterNs;
  }

  private void hearOffers() {
    List<Offer> now = new ArrayList<>();
    for (Member each : others) {
      boolean isReached = !each.jvm.isDead() && !isCut(each, this);
      if (isReached && each.own != null) {
        heard.put(each, each.own);
      }
      if (heard.containsKey(each)) {
        now.add(heard.get(each));
      }
    }
    if (own != null) {
      now.add(own);
    }
    if (!now.equals(told)) {
      told = now;
      listener.offersChanged(now);
    }
  }

  private static boolean isCut(Member from, Member to) {
    return from.world.network().isCut(from.jvm.machine(), to.jvm.machine());
  }

  // ---- as the product wants it ----

  @Override
  public SessionLog log() {
    return log;
  }

  @Override
  public void offer(Offer offer) {
    own = offer;
  }

  @Override
  public Held held() {
    return new Held(0, 0);
  }

  @Override
  public void close() {}

  @Override
  public long nowNs() {
    return jvm.clockNs();
  }

  @Override
  public void execute(Runnable task) {
    jvm.schedule(jvm.jitterNs(), task);
  }

  @Override
  public void after(long delayNs, Runnable task) {
    jvm.schedule(delayNs, task);
  }

  @Override
  public List<Peer> holders() {
    List<Peer> peers = new ArrayList<>();
    for (Member each : others) {
      peers.add(each.peer);
    }
    return peers;
  }

  @Override
  public CompletionStage<byte[]> ask(Peer to, byte[] request) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    for (Member each : others) {
      if (each.peer.equals(to)) {
        send(this, each, () -> each.serve(this, request, answer));
        return answer;
      }
    }
    return CompletableFuture.failedFuture(new IllegalStateException("has left: " + to));
  }

  private void serve(Member asker, byte[] request, CompletableFuture<byte[]> answer) {
    byte[] bytes = holder.serve(request);
    send(this, asker, () -> answer.complete(bytes));
  }

  /** What is sent into a cut arrives when that has passed. */
  private static void send(Member from, Member to, Runnable arrival) {
    long delayNs = from.world.network().delayNs(from.jvm.machine(), to.jvm.machine());
    from.world.after(delayNs, () -> arrive(from, to, arrival));
  }

  private static void arrive(Member from, Member to, Runnable arrival) {
    if (isCut(from, to) && !to.jvm.isDead()) {
      from.world.after(AGAIN_NS, () -> arrive(from, to, arrival));
    } else {
      to.jvm.schedule(to.jvm.jitterNs(), arrival);
    }
  }
}
