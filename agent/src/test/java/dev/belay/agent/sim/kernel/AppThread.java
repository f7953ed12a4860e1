package dev.belay.agent.sim.kernel;

import java.util.function.Consumer;

/**
 * A thread of an application, as a chain of steps: between two of them anything else may happen. It
 * may be asleep in a system call on an open file, from which readiness of that very file, or a
 * signal, wakes it.
 */
public final class AppThread implements OpenFile.Watcher {
  /** One step; what it throws ends the run as broken. */
  public interface Step {
    void run() throws java.io.IOException;
  }

  private static final int MOST_STEPS_AT_ONCE = 64;

  private final Jvm jvm;
  private final String name;
  private final long id;
  private Step next;
  private boolean isRunning;
  private OpenFile sleepsOn;
  private int sleepsFor;
  private Consumer<Boolean> onWake;
  private OpenFile held;

  public AppThread(Jvm jvm, String name) {
    this.jvm = jvm;
    this.name = name;
    this.id = jvm.nextThreadId();
    jvm.register(this);
  }

  public Jvm jvm() {
    return jvm;
  }

  public World world() {
    return jvm.world();
  }

  public String name() {
    return name;
  }

  public long id() {
    return id;
  }

  /** A thread may lose its processor in the middle of a call, and be without for a while. */
  private long delayNs() {
    return world().chance(0.05) ? world().between(100_000, 20_000_000) : jvm.jitterNs();
  }

  public void start(Step first) {
    next = first;
    jvm.schedule(delayNs(), this::work);
  }

  /** Goes on with this, at once or after somebody else had a turn. */
  public void then(Step step) {
    next = step;
    if (!isRunning) {
      jvm.schedule(delayNs(), this::work);
    }
  }

  /** Goes on with this after a time. */
  public void later(long delayNs, Step step) {
    jvm.schedule(
        delayNs,
        () -> {
          next = step;
          work();
        });
  }

  private void work() {
    isRunning = true;
    try {
      for (int i = 0; next != null; i++) {
        Step step = next;
        next = null;
        step.run();
        if (next != null && (i >= MOST_STEPS_AT_ONCE || jvm.world().chance(0.15))) {
          break;
        }
      }
    } catch (java.io.IOException | RuntimeException e) {
      throw jvm.world().fail("thread " + name + " of " + jvm.name() + " failed: " + e);
    } finally {
      isRunning = false;
    }
    if (next != null) {
      jvm.schedule(delayNs(), this::work);
    }
  }

  public void end() {
    jvm.ended(this);
  }

  @Override
  public String toString() {
    String doing = sleepsOn == null ? "runs" : "sleeps for " + sleepsFor + " on " + sleepsOn;
    return name + " " + doing;
  }

  // ---- asleep in a system call ----

  /**
   * Sleeps until the file is ready for this, or a signal comes; the file stays open meanwhile.
   *
   * @param woken told whether it was a signal
   */
  void sleep(OpenFile file, int events, Consumer<Boolean> woken) {
    sleepsOn = file;
    sleepsFor = events;
    onWake = woken;
    held = file;
    file.hold();
    file.watch(this);
    changed(file);
  }

  @Override
  public void changed(OpenFile file) {
    if (sleepsOn != null && sleepsOn.isReady(sleepsFor)) {
      wake(false);
    }
  }

  void signalled() {
    if (sleepsOn != null) {
      wake(true);
    }
  }

  private void wake(boolean bySignal) {
    Consumer<Boolean> woken = onWake;
    sleepsOn.unwatch(this);
    sleepsOn = null;
    jvm.schedule(
        jvm.jitterNs(),
        () -> {
          letGo();
          next = () -> woken.accept(bySignal);
          work();
        });
  }

  private void letGo() {
    OpenFile file = held;
    held = null;
    file.letGo();
  }

  /** Its process is dead. */
  void dropHold() {
    if (sleepsOn != null) {
      sleepsOn.unwatch(this);
      sleepsOn = null;
    }
    if (held != null) {
      letGo();
    }
  }
}
