package dev.belay.agent.sim.kernel;

import dev.belay.agent.cluster.LogWriter;
import dev.belay.agent.sim.jdk.ProductThread;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;

/** The product's thread that ships logs: a turn when it wants one, and none while it sleeps. */
final class LogThread {
  private static final long REVIEW_NS = 250_000_000;
  private static final MethodHandle TURN;
  private static final VarHandle SLEEPS;

  static {
    try {
      MethodHandles.Lookup inside =
          MethodHandles.privateLookupIn(LogWriter.class, MethodHandles.lookup());
      TURN = inside.findVirtual(LogWriter.class, "turn", MethodType.methodType(long.class));
      SLEEPS = inside.findVarHandle(LogWriter.class, "sleeps", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Jvm jvm;
  private final ProductThread thread;
  private LogWriter writer;
  private long dueNs = Long.MAX_VALUE;

  LogThread(Jvm jvm, ProductThread thread) {
    this.jvm = jvm;
    this.thread = thread;
    wakeIn(jvm.jitterNs());
  }

  ProductThread thread() {
    return thread;
  }

  void unparked() {
    wakeIn(jvm.jitterNs());
  }

  private void wakeIn(long delayNs) {
    long at = jvm.world().nowNs() + delayNs;
    if (at < dueNs) {
      dueNs = at;
      jvm.schedule(delayNs, () -> wake(at));
    }
  }

  private void wake(long of) {
    if (of == dueNs) { // else another wake-up came before
      dueNs = Long.MAX_VALUE;
      turn();
    }
  }

  private void turn() {
    if (writer == null) {
      writer = Inside.writerOf(jvm.agent());
    }
    try {
      SLEEPS.setVolatile(writer, false);
      long leftNs = (long) TURN.invoke(writer);
      SLEEPS.setVolatile(writer, leftNs <= 0);
      wakeIn(leftNs > 0 ? leftNs : REVIEW_NS);
    } catch (Throwable e) {
      throw jvm.world().fail("the log writer's turn failed: " + e);
    }
  }
}
