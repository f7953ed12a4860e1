package dev.belay.benchmarks.log;

import dev.belay.benchmarks.traffic.Commands;
import dev.belay.benchmarks.traffic.Heap;
import dev.belay.replicator.cluster.Offer;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.cluster.ReplicatorState;
import dev.belay.replicator.hazelcast.HazelcastReplicator;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A member on loopback that holds what others append. Arguments: the cluster's name, its own port
 * and the other member's. Answers {@code held} with the number of sessions and the heap in use.
 */
public final class LogMember {
  private static final long HELD_LIMIT_BYTES = 1L << 30;
  private static final int JOIN_SECONDS = 120;

  private LogMember() {}

  /** Holds logs until its standard input ends. */
  public static void main(String[] args) throws IOException {
    Replicator member = start(args, "holder", new CountDownLatch(1), true);
    Commands.serve(words -> member.held().sessions() + " " + Heap.usedBytes());
  }

  /** Joins; the latch falls when another member is there to hold logs. */
  static Replicator start(
      String[] args, String server, CountDownLatch replicating, boolean isNode) {
    String address = "127.0.0.1:" + args[1];
    ReplicatorSettings settings =
        new ReplicatorSettings(
            args[0],
            server,
            isNode ? null : address,
            List.of(address, "127.0.0.1:" + args[2]),
            "127.0.0.1",
            Integer.parseInt(args[1]),
            isNode ? ReplicatorSettings.Role.NODE : ReplicatorSettings.Role.SERVER,
            null,
            Duration.ofMinutes(10),
            HELD_LIMIT_BYTES);
    ReplicatorListener listener =
        new ReplicatorListener() {
          @Override
          public void stateChanged(ReplicatorState state, String detail) {
            if (state == ReplicatorState.REPLICATING) {
              replicating.countDown();
            }
          }

          @Override
          public void offersChanged(List<Offer> offers) {
            return; // nobody is looking for a server here
          }
        };
    return HazelcastReplicator.start(settings, listener, System.err::println);
  }

  static void await(CountDownLatch replicating) throws IOException, InterruptedException {
    if (!replicating.await(JOIN_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("no other member after " + JOIN_SECONDS + "s");
    }
  }
}
