package dev.belay.agent.sim.jdk;

import dev.belay.agent.sim.kernel.Jvm;

/**
 * For Thread: never runs by itself. The loop's thread is the scheduler's business, turn by turn;
 * that of JMX has nothing to do here, nor that of the rehearsal: no simulated byte is on its way.
 */
public final class ProductThread {
  private static final ProductThread APPLICATION =
      new ProductThread(null, () -> {}, "application", 0, false);

  private final Runnable action;
  private final String name;

  public ProductThread(
      ThreadGroup group, Runnable action, String name, long stackBytes, boolean inherits) {
    this.action = action;
    this.name = name;
  }

  public void start() {
    Jvm.current().threadStarted(this);
  }

  public static ProductThread currentThread() {
    ProductThread loop = Jvm.current().turning();
    return loop != null ? loop : APPLICATION;
  }

  public String name() {
    return name;
  }

  public Runnable action() {
    return action;
  }

  public void setDaemon(boolean daemon) {}

  public void setPriority(int priority) {}

  public void setContextClassLoader(ClassLoader loader) {}

  /** That of the application, whose threads it stands for. */
  public ClassLoader getContextClassLoader() {
    return null;
  }

  public void interrupt() {}
}
