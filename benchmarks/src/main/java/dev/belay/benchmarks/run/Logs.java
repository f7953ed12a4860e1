package dev.belay.benchmarks.run;

import dev.belay.benchmarks.log.LogBenchmark;
import dev.belay.benchmarks.log.LogMember;
import java.io.IOException;
import java.util.List;

/** The replicated log by itself: two members on loopback, each in a JVM of its own. */
final class Logs {
  private static final double IDLE_SESSIONS = 11_000; // all that are left at the holder

  private static final int[] COPIED_TURN_BYTES = {64 << 10, 64};
  private static final int COPIED_BYTES = 60 << 20;
  private static final int COPIES = 4;

  private final Jvm jvm;

  Logs(Jvm jvm) {
    this.jvm = jvm;
  }

  void measure() throws IOException {
    String name = "log-" + Long.toHexString(System.nanoTime());
    int held = Ports.free();
    int served = Ports.free();
    List<String> holder = jvm.command(List.of(), LogMember.class.getName(), name, held, served);
    List<String> server = jvm.command(List.of(), LogBenchmark.class.getName(), name, served, held);
    try (Child holding = Child.program(holder, jvm.log());
        Child writing = Child.program(server, jvm.log())) {
      for (int bytes : LogBenchmark.sizes()) {
        String[] times = writing.ask("append " + bytes);
        say("durable append, " + bytes + " B", times[0] + " us p50, " + times[1] + " us p99");
      }
      String[] times = writing.ask("lone");
      say("from the reader to durable, 64 B", times[0] + " us p50, " + times[1] + " us p99");
      double before = Double.parseDouble(holding.ask("held")[1]);
      say(
          "idle session at its server",
          Math.round(number(writing.ask("idle"))) + " B beyond its log");
      String[] after = holding.ask("held");
      double perSession = (Double.parseDouble(after[1]) - before) / IDLE_SESSIONS;
      say("idle session at its holder", Math.round(perSession) + " B of " + after[0]);
      double perSecond = Double.parseDouble(writing.ask("many")[0]);
      say("records of 64 B of 1,000 sessions", Math.round(perSecond) + " durable per second");
      for (int bytes : COPIED_TURN_BYTES) {
        copy(writing, bytes);
      }
    }
  }

  /** What a takeover copies of a claimed log before its handler needs it. */
  private static void copy(Child writing, int turnBytes) throws IOException {
    int total = turnBytes < 1 << 10 ? COPIED_BYTES / 8 : COPIED_BYTES; // small turns take room, too
    for (int i = 0; i < COPIES; i++) {
      String[] times = writing.ask("copy " + turnBytes + " " + total);
      double ms = Double.parseDouble(times[1]);
      say(
          (total >> 20) + " MB in turns of " + turnBytes + " B copied from the holder",
          "claim "
              + times[0]
              + " ms, copy "
              + ms
              + " ms, "
              + Math.round(total / ms / 1e3)
              + " MB/s");
    }
  }

  private static double number(String[] answer) {
    return Double.parseDouble(answer[0]);
  }

  private static void say(String figure, String value) {
    System.out.printf("%-40s %s (load %.1f)%n", figure, value, Machine.loadAverage());
  }
}
