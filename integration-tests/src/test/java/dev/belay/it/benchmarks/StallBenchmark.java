package dev.belay.it.benchmarks;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.SupportGroup;
import java.util.Arrays;
import java.util.List;

/**
 * kill -9 under four connections: the longest stall that the client's application saw, on each JDK.
 * Arguments: the rounds, 10 if none are given, each with fresh JVMs; then "warm" for those only.
 *
 * <p>Cold: the kill is the first thing that happens. Warm: both servers and the client have worked
 * on other connections before. The connections themselves are equally young, since a replay takes
 * the longer the more there is to replay.
 */
public final class StallBenchmark {
  private static final int ROUNDS = 10;
  private static final String[] LOAD = {
    "until=told", "connections=4", "window=100", "requests=100", "maxReply=512", "pause=1"
  };
  private static final String[] WARM_UP = {
    "connections=4", "window=100", "requests=3000", "maxReply=512"
  };

  private StallBenchmark() {}

  /** Measures and prints. */
  public static void main(String[] args) {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : ROUNDS;
    boolean isWarmOnly = args.length > 1 && args[1].equals("warm");
    Measured all = new Measured();
    for (Jdk jdk : Jdk.all()) {
      for (ServerKind kind : List.of(ServerKind.BLOCKING, ServerKind.SELECTOR)) {
        if (!isWarmOnly) {
          System.out.println(
              "JDK " + jdk + " " + kind + " cold " + measured(jdk, kind, rounds, false));
        }
        Measured warm = measured(jdk, kind, rounds, true);
        System.out.println("JDK " + jdk + " " + kind + " warm " + warm);
        all.addAll(warm);
      }
    }
    System.out.println("all warm " + all);
  }

  private static Measured measured(Jdk jdk, ServerKind kind, int rounds, boolean isWarm) {
    Measured stalls = new Measured();
    for (int round = 0; round < rounds; round++) {
      try (Rig rig = new Rig()) {
        stalls.add(stallMs(rig, jdk, kind, isWarm));
      }
    }
    return stalls;
  }

  private static long stallMs(Rig rig, Jdk jdk, ServerKind kind, boolean isWarm) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = story.server("A", group.member(0), kind);
    Jvm backup = story.server("B", group.member(1), kind);
    if (isWarm) {
      warmUp(story, group);
    }
    Jvm client = story.client(ClientKind.BLOCKING, group, load(isWarm));
    LedgerStory.awaitMore(client, 400);
    primary.kill9();
    LedgerStory.awaitMore(client, 400);
    LedgerStory.finish(client);
    LedgerStory.assertSameStreams(client, backup);
    return LedgerStory.stallMs(client);
  }

  /** The backup has served another client; the primary serves the client's own warm-up. */
  private static void warmUp(LedgerStory story, SupportGroup group) {
    SupportGroup backupAlone = new SupportGroup(List.of(group.member(1)));
    LedgerStory.awaitOk(story.client(ClientKind.BLOCKING, backupAlone, WARM_UP));
  }

  private static String[] load(boolean isWarm) {
    String[] load = Arrays.copyOf(LOAD, LOAD.length + 1);
    load[LOAD.length] = isWarm ? "warmUp=3000" : "warmUp=0";
    return load;
  }
}
