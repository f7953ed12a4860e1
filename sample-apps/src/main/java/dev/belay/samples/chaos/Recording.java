package dev.belay.samples.chaos;

import dev.belay.samples.chaos.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a run learns while it runs. Times are the timeline's. Used by its thread. */
final class Recording {

  /** Shorter waits of the applications are not told. */
  static final int GAP_MS = 50;

  /** Progress is summed up over so long. */
  static final int BUCKET_MS = 500;

  private final List<Long> buckets = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final List<Injected> injected = new ArrayList<>();
  private final List<ClientRun.Result> results = new ArrayList<>();

  /** Some units were done just now. */
  void progress(long nowMs, long units) {
    int bucket = (int) (nowMs / BUCKET_MS);
    while (buckets.size() <= bucket) {
      buckets.add(0L);
    }
    buckets.set(bucket, buckets.get(bucket) + units);
  }

  /** A wait has ended just now. */
  void gap(long endMs, long lengthMs) {
    gaps.add(new Gap(endMs, lengthMs));
  }

  /** A fault began just now, or did not. */
  void injected(Injected fault) {
    injected.add(fault);
  }

  /** A client has ended. */
  void ended(ClientRun.Result result) {
    results.add(result);
  }

  /** Units done in each piece of {@link #BUCKET_MS}. */
  List<Long> buckets() {
    return List.copyOf(buckets);
  }

  /** All units done. */
  long units() {
    return buckets.stream().mapToLong(Long::longValue).sum();
  }

  /** The waits of the applications. */
  List<Gap> gaps() {
    return List.copyOf(gaps);
  }

  /** The longest wait so far, 0 if all were short. */
  long longestGapMs() {
    return gaps.stream().mapToLong(Gap::lengthMs).max().orElse(0);
  }

  /** The faults so far. */
  List<Injected> injected() {
    return List.copyOf(injected);
  }

  /** Faults that really happened. */
  long injectedCount() {
    return injected.stream().filter(fault -> fault.skipped().isEmpty()).count();
  }

  /** The clients so far. */
  List<ClientRun.Result> results() {
    return List.copyOf(results);
  }

  /** How many clients ended so. */
  long count(Outcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).count();
  }

  /**
   * An application waited for its peer.
   *
   * @param endMs when the wait ended
   * @param lengthMs its length
   */
  record Gap(long endMs, long lengthMs) {}

  /**
   * What became of a planned fault.
   *
   * @param fault the plan
   * @param atMs when it was its turn
   * @param victim the server, in words
   * @param door the port by which agents name that server
   * @param skipped why it did not happen, if so
   */
  record Injected(Fault fault, long atMs, String victim, int door, Optional<String> skipped) {}
}
