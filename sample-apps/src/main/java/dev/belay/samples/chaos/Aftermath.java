package dev.belay.samples.chaos;

import dev.belay.samples.chaos.trace.Move;
import dev.belay.samples.chaos.trace.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What followed each fault. A move follows the latest fault that began, at the server that the
 * session had, before the session lost its link; moves that follow none are kept apart.
 */
final class Aftermath {

  /** A fault is noted when it begins, some milliseconds after an agent may have noticed it. */
  private static final long SLACK_MS = 50;

  /** So long after a fault's end a loss may still be its consequence: suspicion, a late timer. */
  private static final long ECHO_MS = 3_000;

  private final Map<Integer, List<Move>> movesOfFault = new HashMap<>();
  private final List<Move> unexplained = new ArrayList<>();

  /**
   * Sets moves beside faults.
   *
   * @param zeroWallMs the wall clock's time at the zero of the faults' times
   */
  Aftermath(List<Recording.Injected> faults, Trace trace, long zeroWallMs) {
    for (Move move : trace.moves()) {
      long lostMs = move.lostMs() - zeroWallMs;
      Optional<Recording.Injected> cause =
          faults.stream()
              .filter(fault -> fault.skipped().isEmpty() && fault.door() == move.fromDoor())
              .filter(fault -> explains(fault, lostMs))
              .max(Comparator.comparingLong(Recording.Injected::atMs));
      cause.ifPresentOrElse(
          fault ->
              movesOfFault
                  .computeIfAbsent(fault.fault().number(), any -> new ArrayList<>())
                  .add(move),
          () -> unexplained.add(move));
    }
  }

  private static boolean explains(Recording.Injected fault, long lostMs) {
    return lostMs >= fault.atMs() - SLACK_MS
        && lostMs <= fault.atMs() + fault.fault().lengthMs() + ECHO_MS;
  }

  /** What followed the fault of that number. */
  List<Move> of(int faultNumber) {
    return List.copyOf(movesOfFault.getOrDefault(faultNumber, List.of()));
  }

  /** Moves that no fault explains. */
  List<Move> unexplained() {
    return List.copyOf(unexplained);
  }
}
