package dev.belay.replicator.hazelcast;

import static org.awaitility.Awaitility.await;

import dev.belay.replicator.cluster.Offer;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.cluster.ReplicatorSettings.Role;
import dev.belay.replicator.cluster.ReplicatorState;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.members.Patience;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Members in this JVM, each with a clock that can be put forward. */
final class TestCluster implements AutoCloseable {

  static final Duration SILENCE = Duration.ofMinutes(30);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Machines that run tests are busy: only what is dead does not answer within nine seconds. */
  private static final Patience MUCH =
      new Patience(seconds(9), seconds(5), seconds(9), seconds(30));

  private final String name = "test-" + Long.toHexString(System.nanoTime());
  private final int port = freePort();
  private final AtomicLong passedNs = new AtomicLong();
  private final List<Member> members = new ArrayList<>();
  private final byte[] key;

  TestCluster(byte[] key) {
    this.key = key;
  }

  /** One of the members, and what it has heard. */
  static final class Member implements ReplicatorListener {

    private final String server;
    private final List<ReplicatorState> states = new CopyOnWriteArrayList<>();
    private final List<String> details = new CopyOnWriteArrayList<>();
    private volatile List<Offer> offers = List.of();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private HazelcastReplicator replicator;

    private Member(String server) {
      this.server = server;
    }

    @Override
    public void stateChanged(ReplicatorState state, String detail) {
      details.add(detail);
      states.add(state);
    }

    @Override
    public void offersChanged(List<Offer> next) {
      offers = next;
    }

    String server() {
      return server;
    }

    ReplicatorState state() {
      return states.isEmpty() ? ReplicatorState.STARTING : states.get(states.size() - 1);
    }

    /** What was said of each state. */
    List<String> details() {
      return details;
    }

    List<Offer> offers() {
      return offers;
    }

    List<String> lines() {
      return lines;
    }

    HazelcastReplicator replicator() {
      return replicator;
    }

    SessionLog log() {
      return replicator.log();
    }
  }

  /** Starts a member, and waits until it and all others have found each other. */
  Member join(String server, Role role) {
    Member member = start(server, role);
    int holders = (int) members.stream().filter(each -> each.replicator.holds()).count();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                members.stream()
                    .allMatch(
                        each ->
                            each.replicator.peers()
                                == holders - (each.replicator.holds() ? 1 : 0)));
    return member;
  }

  Member start(String server, Role role) {
    return start(server, role, key);
  }

  /** With a secret of its own. */
  Member start(String server, Role role, byte[] secret) {
    return start(server, role, secret, SILENCE);
  }

  /** With a silence of its own, too. */
  Member start(String server, Role role, byte[] secret, Duration silence) {
    Member member = new Member(server);
    ReplicatorSettings settings =
        new ReplicatorSettings(
            name,
            server,
            role == Role.NODE ? null : "door-" + server + ":7400",
            List.of("127.0.0.1:" + port),
            "127.0.0.1",
            port,
            role,
            secret,
            silence,
            256 << 20);
    member.replicator =
        HazelcastReplicator.start(
            settings,
            member,
            member.lines::add,
            new HazelcastReplicator.Time(() -> System.nanoTime() + passedNs.get(), MUCH));
    members.add(member);
    return member;
  }

  /** Ends it without a word to the others. */
  void kill(Member member) {
    members.remove(member);
    member.replicator.close();
  }

  void pass(Duration time) {
    passedNs.addAndGet(time.toNanos());
  }

  @Override
  public void close() {
    for (Member each : List.copyOf(members)) {
      kill(each);
    }
  }

  private static long seconds(long count) {
    return TimeUnit.SECONDS.toNanos(count);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
