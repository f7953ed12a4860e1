package dev.belay.it.benchmarks;

import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.SupportGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What the agent adds to the start of a trivial client JVM, over no agent and over one that does
 * nothing: wall time from start to exit, alternating, on each JDK. Argument: the rounds, 15 if none
 * is given.
 */
public final class StartUpBenchmark {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ROUNDS = 15;

  private StartUpBenchmark() {}

  /** Measures and prints. */
  public static void main(String[] args) throws IOException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : ROUNDS;
    Path emptyAgent = EmptyAgent.jar();
    for (Jdk jdk : Jdk.all()) {
      measure(jdk, emptyAgent, rounds);
    }
  }

  private static void measure(Jdk jdk, Path emptyAgent, int rounds) {
    Measured none = new Measured();
    Measured empty = new Measured();
    Measured belay = new Measured();
    SupportGroup group = SupportGroup.of(2);
    for (int round = 0; round < rounds; round++) {
      try (Rig rig = new Rig()) {
        none.add(runMs(rig.jvm("none", jdk)));
        empty.add(runMs(rig.jvm("empty", jdk).jvmOptions("-javaagent:" + emptyAgent)));
        belay.add(runMs(rig.jvm("belay", jdk).agent(group.clientSettings())));
      }
    }
    System.out.println("JDK " + jdk + " no agent    " + none);
    System.out.println("JDK " + jdk + " empty agent " + empty);
    System.out.println("JDK " + jdk + " belay       " + belay);
    System.out.println(
        "JDK " + jdk + " belay over empty agent: " + (belay.medianMs() - empty.medianMs()) + "ms");
  }

  private static long runMs(Launch launch) {
    long beganNs = System.nanoTime();
    launch.main(EmptyAgent.class).awaitExit(LIMIT);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
  }
}
