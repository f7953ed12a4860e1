package dev.belay.samples.chaos;

import dev.belay.samples.launch.Child;
import dev.belay.samples.launch.Ports;
import dev.belay.samples.launch.Program;
import dev.belay.samples.program.Endpoint;
import java.io.IOException;

/**
 * The place of one server in the group: two ports, and the process that holds them now. Used by the
 * thread of the timeline.
 */
final class ServerPlace {

  private final int number;
  private final Ports ports;
  private final Program program;
  private final Setup setup;
  private final Timeline timeline;
  private Child child;
  private boolean listening;
  private boolean impaired;

  private ServerPlace(int number, Program program, Setup setup, Timeline timeline)
      throws IOException {
    this.number = number;
    this.ports = Ports.free();
    this.program = program.with("--port", String.valueOf(ports.service()));
    this.setup = setup;
    this.timeline = timeline;
  }

  /** Starts a server on free ports; {@code number} counts from 0. */
  static ServerPlace start(int number, Program program, Setup setup, Timeline timeline)
      throws IOException {
    ServerPlace place = new ServerPlace(number, program, setup, timeline);
    place.startProcess();
    return place;
  }

  /** Starts a process here; the last one must have ended. */
  void startProcess() throws IOException {
    listening = false;
    child = Child.start(setup.server(ports), program, setup.serverLog(number), this::read);
  }

  private void read(String line) {
    if (line.startsWith(Endpoint.LISTENING)) {
      timeline.post(() -> listening = true);
    }
  }

  /** Sends SIGKILL and waits for the end. */
  void kill() throws InterruptedException, IOException {
    listening = false;
    child.kill();
    awaitEnd();
  }

  /** Sends SIGTERM; {@link #isEnded} tells of the end. */
  void terminate() {
    listening = false;
    child.terminate();
  }

  /** Whether the process has ended. */
  boolean isEnded() {
    return !child.isAlive();
  }

  /** Whether it listens, runs and can be reached. */
  boolean isHealthy() {
    return listening && !impaired && child.isAlive();
  }

  /** Whether it listens. */
  boolean isListening() {
    return listening && child.isAlive();
  }

  /** Says that it is stopped, cut off or slow now, or no longer. */
  void setImpaired(boolean nowImpaired) {
    impaired = nowImpaired;
  }

  /** Where it listens. */
  Ports ports() {
    return ports;
  }

  /** The process that is there now. */
  long pid() {
    return child.pid();
  }

  /** Its place in the group, from 0. */
  int number() {
    return number;
  }

  private void awaitEnd() throws InterruptedException, IOException {
    if (!child.awaitEnd(10_000)) {
      throw new IOException("server " + (number + 1) + " outlives SIGKILL");
    }
  }

  @Override
  public String toString() {
    return "server " + (number + 1) + " (pid " + pid() + ", port " + ports.service() + ")";
  }
}
