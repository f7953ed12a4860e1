package dev.belay.agent.sim.jdk;

import dev.belay.agent.sim.kernel.Jvm;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** For the time-outs of futures, which a thread of the JDK's would see to. */
public final class Patience {
  private Patience() {}

  /** As {@link CompletableFuture#completeOnTimeout}. */
  public static <T> CompletableFuture<T> completeOnTimeout(
      CompletableFuture<T> future, T value, long timeout, TimeUnit unit) {
    Jvm.current().schedule(unit.toNanos(timeout), () -> future.complete(value));
    return future;
  }
}
