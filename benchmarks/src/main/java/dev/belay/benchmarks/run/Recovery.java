package dev.belay.benchmarks.run;

import static dev.belay.benchmarks.run.Contender.BELAY;
import static dev.belay.benchmarks.run.Contender.RSOCKET;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** When something fails: the longest wait for an answer of a client that asks all the time. */
final class Recovery {
  private static final int KILLS_PER_ROUND = 4;
  private static final int MANY = 1000;
  private static final int HISTORY_BYTES = 4096;
  private static final int PAUSE_US = 1000;
  private static final int SETTLE_MS = 400;
  private static final int MANY_SETTLE_MS = 4000;

  /** After a start: the client's agent finds the server again in a second. */
  private static final int FOUND_MS = 1200;

  /** After a start: the compiler is through with what the agent rehearses. */
  private static final int UP_MS = 15_000;

  private static final int RSOCKET_MS = 5000;

  private final Bench bench;

  Recovery(Bench bench) {
    this.bench = bench;
  }

  void measure() throws IOException, InterruptedException {
    Options options = bench.options();
    if (options.wants("takeover")) {
      for (int historyKb : new int[] {1, 10_000, 60_000}) {
        takeover("takeover, history " + historyKb + " KB", historyKb * 1000L, 2);
      }
    }
    if (options.wants("takeover-up")) {
      takeover("takeover by a server up for 15 s, history 1 KB", 1000, 2, UP_MS);
    }
    if (options.wants("thousand")) {
      many();
    }
    if (options.wants("thousand-replicated")) {
      manyReplicated();
    }
    if (options.wants("resume")) {
      resume();
    }
    if (options.wants("rsocket")) {
      rsocket();
    }
  }

  /** By servers that have just been started. */
  double[] takeover(String figure, long historyBytes, int servers)
      throws IOException, InterruptedException {
    return takeover(figure, historyBytes, servers, FOUND_MS);
  }

  /** One session and one kill at a time, the group's servers in turn; all stalls in ms. */
  private double[] takeover(String figure, long historyBytes, int servers, int upMs)
      throws IOException, InterruptedException {
    int kills = bench.options().rounds() * KILLS_PER_ROUND;
    double[] stallsMs = new double[kills];
    try (Group group = new Group(bench.jvm(), servers);
        Child client = group.client()) {
      for (int i = -2; i < kills; i++) { // the first two warm up: each of two servers took over
        double ms = killed(group, client, 1, historyBytes, Math.floorMod(i, servers), upMs)[1];
        if (i >= 0) {
          stallsMs[i] = ms;
        }
      }
    }
    say(figure, stallsMs);
    return stallsMs;
  }

  private void many() throws IOException, InterruptedException {
    int sessions = (int) bench.options().amount(MANY);
    int kills = bench.options().rounds();
    double[] lastMs = new double[kills];
    double[] halfMs = new double[kills];
    try (Group group = new Group(bench.jvm(), 2);
        Child client = group.client()) {
      for (int i = -1; i < kills; i++) {
        double[] ms = killed(group, client, sessions, 0, Math.floorMod(i, 2), FOUND_MS);
        if (i >= 0) {
          halfMs[i] = ms[0];
          lastMs[i] = ms[1];
        }
      }
    }
    bench.addAndSay("takeover of 1000 sessions, half of them|ms", BELAY, halfMs);
    bench.addAndSay("takeover of 1000 sessions, the last|ms", BELAY, lastMs);
  }

  /** The clients keep 1 KiB each: what is replayed comes from the other server. */
  private void manyReplicated() throws IOException, InterruptedException {
    int sessions = (int) bench.options().amount(MANY);
    int kills = bench.options().rounds();
    double[] lastMs = new double[kills];
    double[] halfMs = new double[kills];
    try (Group group = new Group(bench.jvm(), 2, true);
        Child client = group.client("log.limit=1k")) {
      for (int i = -1; i < kills; i++) {
        group.awaitReplicating();
        double[] ms = killed(group, client, sessions, HISTORY_BYTES, Math.floorMod(i, 2), FOUND_MS);
        if (i >= 0) {
          halfMs[i] = ms[0];
          lastMs[i] = ms[1];
        }
      }
    }
    bench.addAndSay("replicated takeover of 1000 sessions, half|ms", BELAY, halfMs);
    bench.addAndSay("replicated takeover of 1000 sessions, last|ms", BELAY, lastMs);
  }

  /** Longest waits after a kill in ms: of the median session, of any. */
  private double[] killed(
      Group group, Child client, int sessions, long historyBytes, int victim, int upMs)
      throws IOException, InterruptedException {
    int settleMs = sessions > 1 ? MANY_SETTLE_MS : SETTLE_MS + (int) (historyBytes / 50_000);
    int port = group.port(victim, false);
    client.ask("watch " + port + " " + sessions + " " + historyBytes + " " + PAUSE_US);
    TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
    group.server(victim).kill9();
    TimeUnit.MILLISECONDS.sleep(settleMs);
    String[] answer = client.ask("watched");
    group.server(victim).close();
    group.start(victim);
    TimeUnit.MILLISECONDS.sleep(upMs);
    return new double[] {Double.parseDouble(answer[0]) / 1e6, Double.parseDouble(answer[1]) / 1e6};
  }

  private void resume() throws IOException, InterruptedException {
    int breaks = bench.options().rounds() * KILLS_PER_ROUND;
    double[] stallsMs = new double[breaks];
    try (Group group = new Group(bench.jvm(), 2);
        Child client = group.client()) {
      for (int i = -2; i < breaks; i++) {
        String port = client.ask("watch " + group.port(0, false) + " 1 0 " + PAUSE_US)[0];
        TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
        resetLink(port, group.door(0));
        TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
        double ms = Double.parseDouble(client.ask("watched")[1]) / 1e6;
        if (i >= 0) {
          stallsMs[i] = ms;
        }
      }
    }
    say("resume on the same server", stallsMs);
  }

  /** As a firewall would: the kernel drops both ends (ss -K needs root). */
  private static void resetLink(String localPort, int door)
      throws IOException, InterruptedException {
    Process ss =
        new ProcessBuilder("ss", "-KtnH", "sport", "=", ":" + localPort, "dport", "=", ":" + door)
            .start();
    String killed =
        new String(ss.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
    if (ss.waitFor() != 0 || killed.isBlank()) {
      throw new IOException("ss -K did not find the link from port " + localPort);
    }
  }

  private void say(String figure, double[] stallsMs) {
    bench.addAndSay(figure + ", stall|ms", BELAY, stallsMs);
    double[] sorted = stallsMs.clone();
    Arrays.sort(sorted);
    bench.addAndSay(figure + ", worst stall|ms", BELAY, sorted[sorted.length - 1]);
  }

  /** Its server is killed and started again at once: does the program ever get its answer? */
  private void rsocket() throws IOException, InterruptedException {
    int port = Ports.free();
    Child server = bench.jvm().rsocketServer(port);
    try (Child client = bench.jvm().rsocketClient()) {
      client.ask("ping " + port + " blocking 16 100 100"); // loads the library
      client.tell("recover " + port + " " + RSOCKET_MS);
      TimeUnit.MILLISECONDS.sleep(RSOCKET_MS / 5);
      server.close();
      server = bench.jvm().rsocketServer(port);
      String[] answer = client.answer("recover");
      System.out.println("rsocket after kill -9 of its server: " + String.join(" ", answer));
      bench.addAndSay("survives kill -9 of its server|0/1", RSOCKET, Double.parseDouble(answer[0]));
    } finally {
      server.close();
    }
  }
}
