package dev.belay.samples.demo;

import dev.belay.samples.launch.Child;
import dev.belay.samples.launch.Jvm;
import dev.belay.samples.launch.Ports;
import dev.belay.samples.launch.Step;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One run of the demo from the start of the servers to the verdict. Used by one thread. */
final class DemoRun implements AutoCloseable {

  private static final long START_TIMEOUT_MS = 60_000;
  private static final long RUN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(180);
  private static final long POLL_MS = 100;

  private final DemoServer.Launch launch;
  private final Screen screen;
  private final BlockingQueue<String> clientLines = new LinkedBlockingQueue<>();
  private final List<DemoServer> servers = new ArrayList<>();
  private Optional<Child> client = Optional.empty();
  private Optional<Step> lastStep = Optional.empty();
  private String verdict = "the client said nothing";

  DemoRun(DemoServer.Launch launch, Screen screen) {
    this.launch = launch;
    this.screen = screen;
  }

  /** Runs it all and prints the facts; true if everything was right. */
  boolean run(PrintStream out) throws IOException, InterruptedException {
    servers.add(DemoServer.start(1, launch));
    servers.add(DemoServer.start(2, launch));
    for (DemoServer server : servers) {
      server.awaitReady(START_TIMEOUT_MS);
      screen.say("  " + server + " is listening");
    }
    KillPlan plan = new KillPlan(servers, screen);
    Child running = startClient();
    client = Optional.of(running);
    follow(running, plan);
    screen.end();
    return report(out, running, plan);
  }

  /** Ends every process that is still there. */
  @Override
  public void close() {
    client.ifPresent(Child::kill);
    servers.forEach(DemoServer::stop);
  }

  private Child startClient() throws IOException {
    List<Ports> ports = servers.stream().map(DemoServer::ports).toList();
    String first = String.valueOf(ports.get(0).service());
    return Child.start(
        Jvm.here(launch.protection().ofClient(ports)),
        launch.scenario().client().with("--port", first, "--progress"),
        launch.logs().resolve("client.log"),
        clientLines::add);
  }

  private void follow(Child running, KillPlan plan) throws IOException, InterruptedException {
    long beginNs = System.nanoTime();
    while (running.isAlive() || !clientLines.isEmpty()) {
      if (System.nanoTime() - beginNs > RUN_TIMEOUT_NS) {
        throw new IOException("the client did not come to an end");
      }
      String line = clientLines.poll(POLL_MS, TimeUnit.MILLISECONDS);
      if (line != null) {
        take(line, plan);
      }
    }
    running.awaitEnd(START_TIMEOUT_MS);
    for (String line = clientLines.poll(); line != null; line = clientLines.poll()) {
      take(line, plan);
    }
  }

  private void take(String line, KillPlan plan) throws IOException, InterruptedException {
    Optional<Step> step = Step.parse(line);
    if (step.isEmpty()) {
      verdict = line;
      return;
    }
    lastStep = step;
    screen.show(step.get());
    plan.advance(step.get());
  }

  private boolean report(PrintStream out, Child ended, KillPlan plan) {
    Scenario scenario = launch.scenario();
    boolean sameDigest = scenario.sha256().map(verdict::contains).orElse(true);
    boolean right = ended.exitStatus() == 0 && sameDigest && plan.isComplete();
    lastStep.ifPresent(
        step -> {
          out.println("  received       " + step.done() + " of " + step.total());
          out.println("  longest stall  " + step.longestGapMs() + " ms");
        });
    scenario
        .sha256()
        .ifPresent(
            sha256 ->
                out.println(
                    "  SHA-256        " + (sameDigest ? "equal, " : "NOT EQUAL, ") + sha256));
    out.println("  kills          " + plan.kills() + (plan.isComplete() ? "" : ", NOT BOTH"));
    out.println("  client         exit status " + ended.exitStatus() + ", " + verdict);
    return right;
  }
}
