package dev.belay.benchmarks.run;

import static dev.belay.benchmarks.run.Contender.BELAY;
import static dev.belay.benchmarks.run.Contender.PLAIN;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** How cost grows: with sessions, with the message, with the history, with the servers. */
final class Growth {
  private static final int[] SESSIONS = {1, 10, 100, 1000, 3000, 9000};
  private static final int[] MESSAGE_BYTES = {1, 64, 1024, 16 << 10, 128 << 10, 1 << 20};
  private static final int[] HISTORY_MB = {0, 5, 10, 20, 40, 60};
  private static final int[] SERVERS = {2, 3, 4, 5};
  private static final int PINGS = 4000;
  private static final long MOST_PING_BYTES = 256 << 20;
  private static final int PERIOD_MS = 1000;

  private final Bench bench;

  Growth(Bench bench) {
    this.bench = bench;
  }

  void measure() throws IOException, InterruptedException {
    Options options = bench.options();
    Steady steady = new Steady(bench);
    if (options.wants("growth-sessions")) {
      for (Contender contender : List.of(PLAIN, BELAY)) {
        steady.warmUp(contender, false); // a turn is spent on opening, else, and on compiling that
      }
      for (int sessions : SESSIONS) {
        bench.compare(
            List.of(
                "growth sessions " + sessions + "|1/s",
                "processor time of a message, " + sessions + " sessions|us"),
            List.of(PLAIN, BELAY),
            contender -> Arrays.copyOf(steady.crowd(contender, sessions, 0, PERIOD_MS), 2));
      }
    }
    if (options.wants("growth-message")) {
      for (int bytes : MESSAGE_BYTES) {
        long count = Math.min(PINGS, MOST_PING_BYTES / bytes);
        bench.compare(
            List.of("growth message " + bytes + "|us"),
            List.of(PLAIN, BELAY),
            contender ->
                new double[] {steady.ping(contender, true, bytes, (int) options.amount(count))[0]});
      }
    }
    Recovery recovery = new Recovery(bench);
    if (options.wants("growth-history")) {
      for (int megabytes : HISTORY_MB) {
        recovery.takeover("growth history " + megabytes, megabytes * 1_000_000L, 2);
      }
    }
    if (options.wants("growth-servers")) {
      for (int servers : SERVERS) {
        recovery.takeover("growth servers " + servers, 1000, servers);
      }
    }
  }
}
