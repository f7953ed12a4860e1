package dev.belay.agent.sim.kernel;

import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.sim.jdk.ProductThread;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The product's loop thread, one turn at a time: when a socket of its is ready, or a timer due,
 * after what the scheduler makes it wait.
 */
final class LoopThread {
  private static final MethodHandle TURN = find("turn", void.class);
  private static final MethodHandle TIMEOUT = find("timeoutMs", int.class);

  private final Jvm jvm;
  private final ProductThread thread;
  private final Epoll epoll;
  private EventLoop loop;
  private long dueNs = Long.MAX_VALUE;
  private boolean isTurning;

  LoopThread(Jvm jvm, ProductThread thread, Epoll epoll) {
    this.jvm = jvm;
    this.thread = thread;
    this.epoll = epoll;
    epoll.onReady(this::ready);
    wakeIn(jvm.jitterNs());
  }

  private static MethodHandle find(String name, Class<?> result) {
    try {
      return MethodHandles.privateLookupIn(EventLoop.class, MethodHandles.lookup())
          .findVirtual(EventLoop.class, name, MethodType.methodType(result));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  ProductThread thread() {
    return thread;
  }

  boolean isTurning() {
    return isTurning;
  }

  private void ready() {
    if (!isTurning) {
      wakeIn(jvm.jitterNs());
    }
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
    isTurning = true;
    try {
      if (loop == null) {
        loop = Inside.loopOf(jvm.agent());
      }
      TURN.invoke(loop);
      wakeIn(epoll.isAnyReady() ? jvm.jitterNs() : (int) TIMEOUT.invoke(loop) * 1_000_000L);
    } catch (Throwable e) {
      throw jvm.world().fail("the loop's turn failed: " + e);
    } finally {
      isTurning = false;
    }
  }
}
