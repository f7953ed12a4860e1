package dev.belay.benchmarks.run;

import static dev.belay.benchmarks.run.Contender.BELAY;
import static dev.belay.benchmarks.run.Contender.PLAIN;

import dev.belay.benchmarks.traffic.Trivial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What it costs to be there: heap for each idle session, start-up, the jar. */
final class Footprint {
  private static final int SESSIONS = 10_000;
  private static final int STARTS = 3;
  private static final int START_SECONDS = 60;

  private final Bench bench;

  Footprint(Bench bench) {
    this.bench = bench;
  }

  void measure() throws IOException, InterruptedException {
    if (bench.options().wants("heap")) {
      heap();
    }
    if (bench.options().wants("startup")) {
      startUp();
    }
    if (bench.options().wants("jar")) {
      double bytes = Files.size(bench.options().agent());
      bench.addAndSay("agent jar|MB", BELAY, bytes / 1e6);
    }
  }

  /** The JDK's own part of a connection is measured in the same way, without the agent. */
  private void heap() throws IOException {
    int port = Ports.free();
    int other = Ports.free();
    try (Child server = bench.jvm().server(List.of(), other, port);
        Child client = bench.jvm().client(List.of())) {
      heap(PLAIN, client, server, port);
    }
    try (Group group = new Group(bench.jvm(), 2);
        Child client = group.client()) {
      heap(BELAY, client, group.server(0), group.port(0, false));
    }
  }

  private void heap(Contender contender, Child client, Child server, int port) throws IOException {
    int sessions = (int) bench.options().amount(SESSIONS);
    client.ask("hold " + port + " " + Math.max(1, sessions / 10)); // what is loaded only once
    double clientBefore = usedBytes(client);
    double serverBefore = usedBytes(server);
    client.ask("hold " + port + " " + sessions);
    pause(); // the agent gives back what an idle session does not need after a second
    double atClient = (usedBytes(client) - clientBefore) / sessions;
    double atServer = (usedBytes(server) - serverBefore) / sessions;
    bench.addAndSay("heap per idle session, client|B", contender, atClient);
    bench.addAndSay("heap per idle session, server|B", contender, atServer);
  }

  private static double usedBytes(Child program) throws IOException {
    return Double.parseDouble(program.ask("heap")[0]);
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(4000);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void startUp() throws IOException, InterruptedException {
    Jvm jvm = bench.jvm();
    List<String> client = jvm.clientAgent("127.0.0.1:" + Ports.free() + "@" + Ports.free());
    int port = Ports.free();
    List<String> server = jvm.serverAgent(Ports.free(), String.valueOf(port));
    bench.compare(
        List.of("start of a trivial client|ms", "start of a server, to its accept|ms"),
        List.of(PLAIN, BELAY),
        contender -> {
          boolean isPlain = contender == PLAIN;
          double clientMs = 0;
          double serverMs = 0;
          for (int i = 0; i < STARTS; i++) {
            clientMs += runMs(jvm.command(isPlain ? List.of() : client, Trivial.class.getName()));
            serverMs +=
                runMs(jvm.command(isPlain ? List.of() : server, Trivial.class.getName(), port));
          }
          return new double[] {clientMs / STARTS, serverMs / STARTS};
        });
  }

  private double runMs(List<String> command) throws IOException, InterruptedException {
    Path log = bench.jvm().log();
    long beganNs = System.nanoTime();
    try (Child child = Child.background(command, log)) {
      if (child.await(START_SECONDS) != 0) {
        throw new IOException("failed: " + command);
      }
    }
    return (System.nanoTime() - beganNs) / 1e6;
  }
}
