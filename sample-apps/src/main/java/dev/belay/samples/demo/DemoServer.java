package dev.belay.samples.demo;

import dev.belay.samples.launch.Child;
import dev.belay.samples.launch.Jvm;
import dev.belay.samples.launch.Ports;
import dev.belay.samples.launch.Protection;
import dev.belay.samples.program.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One of the two servers: can be killed and started again on the same ports. Used by the demo's
 * thread.
 */
final class DemoServer {

  private final int number;
  private final Ports ports;
  private final Launch launch;
  private Child child;
  private CountDownLatch listening;

  private DemoServer(int number, Ports ports, Launch launch) throws IOException {
    this.number = number;
    this.ports = ports;
    this.launch = launch;
    this.listening = new CountDownLatch(1);
    this.child = startChild(listening);
  }

  /** Starts a server on free ports. */
  static DemoServer start(int number, Launch launch) throws IOException {
    return new DemoServer(number, Ports.free(), launch);
  }

  /** Starts it again after a kill. */
  void restart() throws IOException {
    listening = new CountDownLatch(1);
    child = startChild(listening);
  }

  /** Where it listens. */
  Ports ports() {
    return ports;
  }

  /** Whether it has said that it listens, and is alive. */
  boolean isReady() {
    return listening.getCount() == 0 && child.isAlive();
  }

  /** Waits until it listens. */
  void awaitReady(long timeoutMs) throws IOException, InterruptedException {
    if (!listening.await(timeoutMs, TimeUnit.MILLISECONDS)) {
      throw new IOException(this + " did not start, see " + launch.log(number));
    }
  }

  /** Sends SIGKILL and waits for the end. */
  void kill() throws InterruptedException {
    child.kill();
    child.awaitEnd(TimeUnit.SECONDS.toMillis(10));
  }

  /** Sends SIGKILL, for the demo is over. */
  void stop() {
    child.kill();
  }

  @Override
  public String toString() {
    return "server " + number + " (pid " + child.pid() + ", port " + ports.service() + ")";
  }

  private Child startChild(CountDownLatch whenListening) throws IOException {
    return Child.start(
        Jvm.here(launch.protection().ofServer(ports)),
        launch.scenario().server().with("--port", String.valueOf(ports.service())),
        launch.log(number),
        line -> {
          if (line.startsWith(Endpoint.LISTENING)) {
            whenListening.countDown();
          }
        });
  }

  /** How servers are started. */
  record Launch(Scenario scenario, Protection protection, Path logs) {

    /** A server's log file. */
    Path log(int number) {
      return logs.resolve("server-" + number + ".log");
    }
  }
}
