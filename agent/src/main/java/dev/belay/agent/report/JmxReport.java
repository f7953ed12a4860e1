package dev.belay.agent.report;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Shows counters and sessions in JMX, domain {@code dev.belay}. To be registered late and from a
 * thread of the agent: JMX costs far more to start than the agent itself. Any thread.
 */
public final class JmxReport {

  /** Totals of this JVM. */
  public static final String AGENT_NAME = "dev.belay:type=Agent";

  /** The table of live sessions. */
  public static final String SESSIONS_NAME = "dev.belay:type=Sessions";

  private final Metrics metrics;
  private final Supplier<List<SessionView>> sessions;
  private final AtomicBoolean registered = new AtomicBoolean();

  /**
   * Prepares a report; nothing of JMX is touched yet.
   *
   * @param sessions the live sessions of the moment of the call; called by JMX's threads
   */
  public JmxReport(Metrics metrics, Supplier<List<SessionView>> sessions) {
    this.metrics = metrics;
    this.sessions = sessions;
  }

  /** Registers both beans, the first time it is called; a JVM without JMX gets one line. */
  public void registerJmx() {
    if (!registered.compareAndSet(false, true)) {
      return;
    }
    try {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      server.registerMBean(new AgentTotals(metrics, sessions), new ObjectName(AGENT_NAME));
      server.registerMBean(new SessionTable(sessions), new ObjectName(SESSIONS_NAME));
    } catch (JMException | RuntimeException | LinkageError e) {
      AgentLog.warn("no metrics in JMX", e);
    }
  }

  /** Takes both beans away again; for an agent that stands aside. */
  public void unregisterJmx() {
    if (!registered.compareAndSet(true, false)) {
      return;
    }
    try {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      server.unregisterMBean(new ObjectName(AGENT_NAME));
      server.unregisterMBean(new ObjectName(SESSIONS_NAME));
    } catch (JMException | RuntimeException | LinkageError e) {
      AgentLog.debug("metrics stay in JMX", e);
    }
  }
}
