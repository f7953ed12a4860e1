package dev.belay.agent.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.sim.weave.SimulationLoader;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs schedules of the simulation. {@code -Dbelay.sim.schedules=100000} runs more of them, {@code
 * -Dbelay.sim.first=1001} others, {@code -Dbelay.sim.direct=true} only those with direct opens,
 * {@code -Dbelay.sim.seed=4711} one, with its trace on stdout.
 */
final class SimulationTest {
  private static final long SCHEDULES = 1_000;
  private static final int MOST_FAILURES = 5;
  private static final Pattern DIRECT_OPENS = Pattern.compile(" direct=(\\d+)");

  /** Of a thread: what its loader defines is a world of its own. */
  private final ThreadLocal<BiFunction<Long, StringBuilder, String[]>> simulation =
      ThreadLocal.withInitial(() -> new SimulationLoader(null).simulation());

  private final AtomicLong directOpens = new AtomicLong();

  private String broken(long seed) {
    String[] result = simulation.get().apply(seed, null);
    Matcher direct = DIRECT_OPENS.matcher(result[2]);
    directOpens.addAndGet(direct.find() ? Long.parseLong(direct.group(1)) : 0);
    return result[0] == null ? null : "seed=" + seed + " " + result[0] + " (" + result[2] + ")";
  }

  @Test
  @Timeout(4 * 3600)
  void shouldKeepAllInvariantsInEverySchedule() {
    long schedules = Long.getLong("belay.sim.schedules", SCHEDULES);
    long first = Long.getLong("belay.sim.first", 1);
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    LongStream.range(first, first + schedules)
        .parallel()
        .filter(seed -> !Boolean.getBoolean("belay.sim.direct") || Settings.isDirect(seed))
        .filter(seed -> failures.size() < MOST_FAILURES)
        .mapToObj(this::broken)
        .filter(Objects::nonNull)
        .forEach(failures::add);

    System.out.println("schedules from " + first + ": direct opens=" + directOpens);
    assertThat(failures).isEmpty();
    assertThat(directOpens).hasPositiveValue();
  }

  @Test
  @Timeout(600)
  void shouldShowTheTraceOfASeed() {
    StringBuilder trace = new StringBuilder();
    long seed = Long.getLong("belay.sim.seed", 1);

    String[] result = simulation.get().apply(seed, trace);

    if (Long.getLong("belay.sim.seed") != null) {
      System.out.println(trace);
    }
    assertThat(trace).isNotEmpty();
    assertThat(result[0]).describedAs("seed=" + seed).isNull();
  }

  @Test
  @Timeout(600)
  void shouldGiveTheSameTraceForTheSameSeed() {
    for (long seed = 1; seed <= 10; seed++) {
      StringBuilder first = new StringBuilder();
      StringBuilder second = new StringBuilder();

      String firstHash = simulation.get().apply(seed, first)[1];
      String otherHash = simulation.get().apply(seed + 1000, null)[1];
      String secondHash = new SimulationLoader(null).simulation().apply(seed, second)[1];

      assertThat(second.toString()).isEqualTo(first.toString());
      assertThat(secondHash).isEqualTo(firstHash).isNotEqualTo(otherHash);
    }
  }
}
