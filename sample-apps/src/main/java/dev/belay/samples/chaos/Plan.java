package dev.belay.samples.chaos;

import dev.belay.samples.chaos.fault.Fault;
import dev.belay.samples.chaos.fault.FaultKind;
import dev.belay.samples.chaos.fault.Schedule;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * All that decides what a run does: the same plan has the same faults and the same work.
 *
 * @param workload the sample application
 * @param seed of faults and work
 * @param totalMs how long faults are injected and clients started
 * @param servers in the support group
 * @param clients at work at the same time
 * @param connections of each client
 * @param kinds of faults
 * @param every from the beginning of a fault to that of the next
 * @param work for how long a client works, in whole seconds, if nothing holds it up
 */
record Plan(
    Workload workload,
    long seed,
    long totalMs,
    int servers,
    int clients,
    int connections,
    List<FaultKind> kinds,
    Schedule.Range every,
    Schedule.Range work) {

  private static final int SECOND_MS = 1_000;
  private static final int FIRST_PRIME = 31;
  private static final int MAX_SEED = 1_000_000;

  /** The faults, in their order. */
  List<Fault> faults() {
    return Schedule.draw(new Schedule.Settings(seed, totalMs, every, kinds, servers));
  }

  /** What one client does: number {@code round} in place {@code place}, both counted from 0. */
  Work work(int place, int round) {
    Random random = new Random((seed * FIRST_PRIME + place) * FIRST_PRIME + round);
    int least = (int) (work.leastMs() / SECOND_MS);
    int most = (int) (work.mostMs() / SECOND_MS);
    int seconds = least + random.nextInt(most - least + 1);
    return new Work(seconds, 1 + random.nextInt(MAX_SEED));
  }

  /** The options that repeat it. */
  List<String> options() {
    String faults = kinds.stream().map(FaultKind::toString).collect(Collectors.joining(","));
    return List.of(
        "--app=" + workload,
        "--seed=" + seed,
        "--time=" + new Span(totalMs),
        "--servers=" + servers,
        "--clients=" + clients,
        "--connections=" + connections,
        "--faults=" + faults,
        "--every=" + new Span(every.leastMs()) + "-" + new Span(every.mostMs()),
        "--work=" + new Span(work.leastMs()) + "-" + new Span(work.mostMs()));
  }

  /**
   * What a client does.
   *
   * @param seconds for how long, if nothing holds it up
   * @param seed of its data
   */
  record Work(int seconds, long seed) {}
}
