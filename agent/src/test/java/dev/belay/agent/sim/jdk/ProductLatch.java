package dev.belay.agent.sim.jdk;

import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.World;
import java.util.concurrent.TimeUnit;

/** For CountDownLatch: who waits lets the world go on. */
public final class ProductLatch {
  private long count;

  public ProductLatch(int count) {
    this.count = count;
  }

  public void countDown() {
    count = Math.max(0, count - 1);
  }

  public long getCount() {
    return count;
  }

  public boolean await(long timeout, TimeUnit unit) {
    World world = World.current();
    Jvm waiting = Jvm.current();
    long untilNs = world.nowNs() + unit.toNanos(timeout);
    while (count > 0 && world.nowNs() < untilNs && !waiting.isDead()) {
      if (!world.step()) {
        throw world.fail("nothing happens any more while " + waiting.name() + " waits");
      }
    }
    return count == 0;
  }
}
