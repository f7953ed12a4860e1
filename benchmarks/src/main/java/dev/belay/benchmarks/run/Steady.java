package dev.belay.benchmarks.run;

import static dev.belay.benchmarks.run.Contender.BELAY;
import static dev.belay.benchmarks.run.Contender.DIRECT;
import static dev.belay.benchmarks.run.Contender.HAPROXY;
import static dev.belay.benchmarks.run.Contender.NGINX;
import static dev.belay.benchmarks.run.Contender.PLAIN;
import static dev.belay.benchmarks.run.Contender.RSOCKET;
import static dev.belay.benchmarks.run.Contender.UNPROTECTED;

import java.io.IOException;
import java.util.List;

/** While nothing fails: bulk, ping-pong, many connections, connects. */
final class Steady {
  private static final List<Contender> ALL =
      List.of(PLAIN, BELAY, UNPROTECTED, HAPROXY, NGINX, RSOCKET);
  private static final List<Contender> TCP = List.of(PLAIN, BELAY, UNPROTECTED, HAPROXY, NGINX);
  private static final List<Contender> CONNECTING =
      List.of(PLAIN, BELAY, DIRECT, UNPROTECTED, HAPROXY, NGINX);
  private static final List<Contender> OURS = List.of(PLAIN, BELAY, UNPROTECTED);
  private static final long BULK_BYTES = 512 << 20;

  /** As much as fits into the default {@code belay.log.limit} of 64 MiB. */
  private static final long LOGGED_BYTES = 48 << 20;

  private static final int LOGGED_TIMES = 6;
  private static final int PINGS = 20_000;
  private static final int CROWD_ACTIVE = 50;
  private static final int CROWD_IDLE = 1000;
  private static final int MESSAGE_BYTES = 64;
  private static final long PERIOD_MS = 1500;

  private static final long CONNECT_WARM_UP_MS = 20_000;
  private static final int CROWD_WARM_UPS = 4;

  private final Bench bench;

  Steady(Bench bench) {
    this.bench = bench;
  }

  void measure() throws IOException, InterruptedException {
    Options options = bench.options();
    for (boolean isBlocking : new boolean[] {true, false}) {
      if (options.wants("bulk")) {
        bulk(isBlocking);
      }
      if (options.wants("ping")) {
        for (int bytes : new int[] {1, 64, 1024}) {
          ping(isBlocking, bytes);
        }
      }
      if (options.wants("connects")) {
        connects(isBlocking);
      }
    }
    if (options.wants("crowd")) {
      crowd();
    }
  }

  static String kind(boolean isBlocking) {
    return isBlocking ? "blocking" : "selector";
  }

  private void bulk(boolean isBlocking) throws IOException, InterruptedException {
    for (int chunkKiB : new int[] {8, 64}) {
      String what = kind(isBlocking) + " " + chunkKiB + " KiB";
      bulk("bulk down " + what, ALL, isBlocking, "DOWN " + (chunkKiB << 10), BULK_BYTES, 1);
      bulk("bulk up beyond log " + what, TCP, isBlocking, "UP " + (chunkKiB << 10), BULK_BYTES, 1);
      bulk(
          "bulk up within log " + what,
          TCP,
          isBlocking,
          "UP " + (chunkKiB << 10),
          LOGGED_BYTES,
          LOGGED_TIMES);
    }
  }

  private void bulk(
      String figure,
      List<Contender> contenders,
      boolean isBlocking,
      String what,
      long bytes,
      int times)
      throws IOException, InterruptedException {
    long total = Math.max(1 << 20, bench.options().amount(bytes));
    bench.compare(
        List.of(figure + "|MB/s", figure + " cpu|ns/KB"),
        contenders,
        contender -> {
          String command =
              "bulk "
                  + bench.stage().port(contender, isBlocking)
                  + " "
                  + kind(isBlocking)
                  + " "
                  + what
                  + " "
                  + total;
          double cpu = bench.stage().cpuSeconds(contender);
          double ns = 0;
          for (int i = 0; i < times; i++) {
            ns += Double.parseDouble(bench.stage().client(contender).ask(command)[0]);
          }
          cpu = bench.stage().cpuSeconds(contender) - cpu;
          return new double[] {total * times * 1e3 / ns, cpu * 1e12 / (total * times)};
        });
  }

  private void ping(boolean isBlocking, int bytes) throws IOException, InterruptedException {
    String figure = "ping " + kind(isBlocking) + " " + bytes + " B";
    bench.compare(
        List.of(figure + " p50|us", figure + " p99|us"),
        ALL,
        contender -> ping(contender, isBlocking, bytes, (int) bench.options().amount(PINGS)));
  }

  /** p50 and p99 in microseconds. */
  double[] ping(Contender contender, boolean isBlocking, int bytes, int count) throws IOException {
    String[] answer =
        bench
            .stage()
            .client(contender)
            .ask(
                "ping "
                    + bench.stage().port(contender, isBlocking)
                    + " "
                    + kind(isBlocking)
                    + " "
                    + bytes
                    + " "
                    + count / 4
                    + " "
                    + count);
    return new double[] {Double.parseDouble(answer[0]) / 1e3, Double.parseDouble(answer[1]) / 1e3};
  }

  private void connects(boolean isBlocking) throws IOException, InterruptedException {
    String figure = "connects " + kind(isBlocking);
    for (Contender contender : List.of(PLAIN, BELAY, DIRECT)) {
      warmUp(contender, isBlocking); // it is code of the agent's, not a loop
    }
    bench.compare(
        List.of(figure + "|1/s", figure + " cpu|us"),
        CONNECTING,
        contender -> connects(contender, isBlocking, PERIOD_MS));
  }

  private boolean isThere(Contender contender) throws IOException {
    return bench.options().has(contender) && bench.stage().has(contender);
  }

  /** Connections, one after the other, until the compiler is through with what opens them. */
  void warmUp(Contender contender, boolean isBlocking) throws IOException {
    if (isThere(contender)) {
      connects(contender, isBlocking, CONNECT_WARM_UP_MS);
    }
  }

  private double[] connects(Contender contender, boolean isBlocking, long periodMs)
      throws IOException {
    long ms = Math.max(200, bench.options().amount(periodMs));
    int port = bench.stage().port(contender, isBlocking);
    double cpu = bench.stage().cpuSeconds(contender);
    String[] answer =
        bench.stage().client(contender).ask("connects " + port + " " + kind(isBlocking) + " " + ms);
    double perSecond = Double.parseDouble(answer[0]);
    cpu = bench.stage().cpuSeconds(contender) - cpu;
    return new double[] {perSecond, cpu * 1e6 / (perSecond * ms / 1e3)};
  }

  private void crowd() throws IOException, InterruptedException {
    int idle = (int) bench.options().amount(CROWD_IDLE);
    String figure = "crowd of 50 active and 1000 idle";
    List<Contender> contenders = bench.options().isShort() ? OURS : TCP;
    for (Contender contender : contenders) { // else the compiler is at what has opened them
      warmUp(contender, false);
      for (int i = 0; i < CROWD_WARM_UPS && isThere(contender); i++) {
        crowd(contender, CROWD_ACTIVE, idle, PERIOD_MS);
      }
    }
    bench.compare(
        List.of(figure + "|1/s", figure + " cpu|us", figure + " p50|us", figure + " p99|us"),
        contenders,
        contender -> crowd(contender, CROWD_ACTIVE, idle, PERIOD_MS));
  }

  /** Messages per second, processor time for each, p50 and p99, in microseconds. */
  double[] crowd(Contender contender, int active, int idle, long periodMs) throws IOException {
    long ms = Math.max(200, bench.options().amount(periodMs));
    Child client = bench.stage().client(contender);
    int port = bench.stage().port(contender, false);
    client.ask("crowd " + port + " " + active + " " + idle + " " + MESSAGE_BYTES);
    double before = bench.stage().cpuSeconds(contender); // opening is not what is measured
    String[] answer = client.ask("converse " + ms);
    double cpu = bench.stage().cpuSeconds(contender) - before;
    client.ask("drop");
    double perSecond = Double.parseDouble(answer[0]);
    return new double[] {
      perSecond,
      cpu * 1e6 / (perSecond * ms / 1e3),
      Double.parseDouble(answer[1]) / 1e3,
      Double.parseDouble(answer[2]) / 1e3
    };
  }
}
