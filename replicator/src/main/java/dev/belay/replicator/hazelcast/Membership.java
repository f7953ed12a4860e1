package dev.belay.replicator.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.OutOfMemoryHandler;
import com.hazelcast.internal.util.ConcurrencyUtil;
import com.hazelcast.logging.Logger;
import com.hazelcast.spi.impl.NodeEngine;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.members.KeyMark;
import dev.belay.replicator.members.Peer;
import dev.belay.replicator.members.Peers;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * This JVM's member of Hazelcast: the other members as it knows them, and the way to them. Made and
 * started in a thread of its own, since loading Hazelcast takes a while; from then on the log's
 * thread only, but for {@link #terminate}.
 */
final class Membership implements Peers {

  /** Ours end sooner; this one is for Hazelcast to forget the call. */
  private static final long CALL_TIMEOUT_MS = 5000;

  private final AskService service;
  private final Runnable onEnd;

  /** Null before the start. Volatile: set by the thread that starts it. */
  private volatile HazelcastInstance instance;

  /** Volatile: tests look at it. */
  private volatile List<Peer> holders = List.of();

  private Map<String, Address> addresses = Map.of();

  /** Of those that share our secret. Volatile: set by the thread that starts. */
  private volatile String keyMark = KeyMark.NONE;

  private Set<String> strangers = Set.of();
  private Duration silence = Duration.ZERO;

  /**
   * What others ask of this member goes to {@code inbox}.
   *
   * @param onEnd called in any thread when Hazelcast has ended, whatever the reason
   */
  Membership(Inbox inbox, Runnable onEnd) {
    service = new AskService(inbox);
    this.onEnd = onEnd;
  }

  /** Joins; may take minutes, where the network swallows what is sent to the seeds. */
  void start(ReplicatorSettings settings) throws UnknownHostException {
    Logger.newLoggerFactory("none"); // for what is logged outside of an instance
    ConcurrencyUtil.setDefaultAsyncExecutor(Runnable::run); // else a thread for each answer
    Hazelcast.setOutOfMemoryHandler(new NoHandler());
    keyMark = KeyMark.of(settings.key(), settings.name());
    HazelcastInstance started = Hazelcast.newHazelcastInstance(MemberConfig.of(settings, service));
    instance = started;
    started.getLifecycleService().addLifecycleListener(this::changed);
  }

  /** Hazelcast ends by itself where it cannot go on, as when it fails to merge two clusters. */
  private void changed(LifecycleEvent event) {
    if (event.getState() == LifecycleEvent.LifecycleState.SHUTDOWN) {
      onEnd.run();
    }
  }

  /**
   * Hazelcast's own ends the member when any thread of the JVM has found the heap full, and prints
   * the stack trace. That may pass; what a full heap costs here is an answer.
   */
  private static final class NoHandler extends OutOfMemoryHandler {
    @Override
    public void onOutOfMemory(OutOfMemoryError failure, HazelcastInstance[] instances) {}

    @Override
    public boolean shouldHandle(OutOfMemoryError failure) {
      return false;
    }
  }

  /** Leaves without a word. Any thread. */
  void terminate() {
    instance.getLifecycleService().terminate();
  }

  /** Of this member. */
  String address() {
    Address address = service.engine().getThisAddress();
    return address.getHost() + ":" + address.getPort();
  }

  /** Looks again; true if somebody has come or gone. */
  boolean update() {
    NodeEngine engine = service.engine();
    if (engine == null) {
      return false;
    }
    Map<String, Address> nextAddresses = new HashMap<>();
    List<Peer> nextHolders = new ArrayList<>();
    Set<String> nextStrangers = new HashSet<>();
    for (Member each : engine.getClusterService().getMembers()) {
      String server = each.getAttribute(MemberConfig.SERVER_ATTRIBUTE);
      String format = each.getAttribute(MemberConfig.FORMAT_ATTRIBUTE);
      if (each.localMember() || server == null || !MemberConfig.FORMAT.equals(format)) {
        continue;
      }
      if (!keyMark.equals(each.getAttribute(MemberConfig.KEY_ATTRIBUTE))) {
        nextStrangers.add(nameOf(each));
      } else {
        nextAddresses.put(server, each.getAddress());
        note(each.getAttribute(MemberConfig.SILENCE_ATTRIBUTE));
        if (!each.isLiteMember()) {
          nextHolders.add(new Peer(server, nameOf(each)));
        }
      }
    }
    boolean changed = !nextAddresses.equals(addresses) || !nextHolders.equals(holders);
    strangers = nextStrangers;
    addresses = nextAddresses;
    holders = List.copyOf(nextHolders);
    return changed;
  }

  private void note(String silenceMs) {
    try {
      Duration theirs = Duration.ofMillis(Long.parseLong(silenceMs));
      silence = theirs.compareTo(silence) > 0 ? theirs : silence;
    } catch (NumberFormatException e) {
      return; // it says nothing of it
    }
  }

  /**
   * The longest of all members there have been: what one of them has left here is needed for as
   * long as it said, above all when it has gone.
   */
  Duration silence() {
    return silence;
  }

  private static String nameOf(Member member) {
    String door = member.getAttribute(MemberConfig.DOOR_ATTRIBUTE);
    Address address = member.getAddress();
    return door == null ? address.getHost() + ":" + address.getPort() : door;
  }

  /** Members that do not share our secret: there is nothing between them and us. */
  Set<String> strangers() {
    return strangers;
  }

  @Override
  public List<Peer> holders() {
    return holders;
  }

  /** All other members, those that hold nothing included, by their processes. */
  Set<String> servers() {
    return addresses.keySet();
  }

  @Override
  public CompletionStage<byte[]> ask(Peer peer, byte[] request) {
    return ask(peer.server(), AskOperation.Kind.LOG, request);
  }

  CompletionStage<byte[]> ask(String server, AskOperation.Kind kind, byte[] request) {
    Address address = addresses.get(server);
    NodeEngine engine = service.engine();
    if (address == null || engine == null) {
      return CompletableFuture.failedStage(new IllegalStateException("no member: " + server));
    }
    try {
      return engine
          .getOperationService()
          .createInvocationBuilder(AskService.NAME, new AskOperation(kind, request), address)
          .setTryCount(1)
          .setCallTimeout(CALL_TIMEOUT_MS)
          .invoke();
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }
}
