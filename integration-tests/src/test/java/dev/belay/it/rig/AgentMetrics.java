package dev.belay.it.rig;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The agent's bean in a child JVM, read as an operator's tool does, through a connection of its own
 * to the JVM's local management agent. Used by one thread.
 */
public final class AgentMetrics implements AutoCloseable {
  private static final String AGENT = "dev.belay:type=Agent";
  private static final Pattern OF_JMX = Pattern.compile("^RMI |^JMX |^Attach |^belay-jmx");

  private final JMXConnector connector;
  private final MBeanServerConnection beans;

  private AgentMetrics(JMXConnector connector) throws IOException {
    this.connector = connector;
    this.beans = connector.getMBeanServerConnection();
  }

  /** Connects; the agent's bean need not be there yet. */
  @SuppressWarnings("BanJNDI") // the address is that of our own child
  public static AgentMetrics of(Jvm jvm) {
    try {
      VirtualMachine machine = VirtualMachine.attach(String.valueOf(jvm.pid()));
      try {
        JMXServiceURL address = new JMXServiceURL(machine.startLocalManagementAgent());
        return new AgentMetrics(JMXConnectorFactory.connect(address));
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException | IOException e) {
      throw new AssertionError("no JMX in " + jvm.name(), e);
    }
  }

  /** Whether the bean is there. */
  public boolean isRegistered() {
    try {
      return beans.isRegistered(new ObjectName(AGENT));
    } catch (JMException | IOException e) {
      throw new AssertionError(AGENT, e);
    }
  }

  /** A number by its attribute's name. */
  public long number(String attribute) {
    return (Long) attribute(attribute);
  }

  /** Heap in use behind a full collection. */
  public long heapBytes() {
    try {
      ObjectName memory = new ObjectName(ManagementFactory.MEMORY_MXBEAN_NAME);
      beans.invoke(memory, "gc", null, null);
      return (Long) ((CompositeData) beans.getAttribute(memory, "HeapMemoryUsage")).get("used");
    } catch (JMException | IOException e) {
      throw new AssertionError("heap", e);
    }
  }

  /** The names of all threads but those of JMX itself, sorted. */
  public List<String> threads() {
    try {
      ObjectName threading = new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME);
      Object[] dump = {false, false};
      String[] types = {"boolean", "boolean"};
      Object infos = beans.invoke(threading, "dumpAllThreads", dump, types);
      return Stream.of((CompositeData[]) infos)
          .map(info -> (String) info.get("threadName"))
          .filter(name -> !OF_JMX.matcher(name).find())
          .sorted()
          .toList();
    } catch (JMException | IOException e) {
      throw new AssertionError("threads", e);
    }
  }

  /** What the door refused, by reason. */
  public Map<String, Long> refusals() {
    Map<String, Long> refusals = new LinkedHashMap<>();
    for (Object row : ((TabularData) attribute("RefusalsByReason")).values()) {
      CompositeData entry = (CompositeData) row;
      refusals.put((String) entry.get("key"), (Long) entry.get("value"));
    }
    return refusals;
  }

  /** All that was refused. */
  public long refusalCount() {
    return refusals().values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }

  private Object attribute(String name) {
    try {
      return beans.getAttribute(new ObjectName(AGENT), name);
    } catch (JMException | IOException e) {
      throw new AssertionError(AGENT + " " + name, e);
    }
  }
}
