package dev.belay.agent.config;

import dev.belay.agent.report.LogLevel;
import java.io.File;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Everything an operator can decide. Immutable; made once by {@link #load}. */
public final class Settings {

  /** Of a JVM that must not run unprotected ({@code belay.strict}) and cannot be protected. */
  public static final int EXIT_STATUS = 78;

  /** Share of the heap that the agent may use where {@code belay.memory} is not given. */
  private static final int HEAP_SHARE = 4;

  private final boolean enabled;
  private final List<SupportGroup> connectGroups;
  private final ServiceFilter services;
  private final HostPort door;
  private final HostPort advertise;
  private final Secret secret;
  private final PortRange direct;
  private final boolean isDirectTaken;
  private final ClusterSettings cluster;
  private final long logLimitBytes;
  private final OnLimit onLimit;
  private final boolean isMemoryGiven;
  private final long memoryBytes;
  private final long heartbeatMs;
  private final long suspectMs;
  private final long resumeWindowMs;
  private final DivergencePolicy divergence;
  private final LogLevel logLevel;
  private final File logFile;
  private final boolean strict;

  private Settings(Values values) {
    enabled = values.<Boolean>of(Key.ENABLED);
    connectGroups = values.of(Key.CONNECT);
    services = values.of(Key.SERVICES);
    door = values.of(Key.DOOR);
    advertise = values.of(Key.ADVERTISE);
    secret = values.of(Key.SECRET);
    direct = values.of(Key.DIRECT);
    isDirectTaken = direct != null && wantsClient() && direct.meets(PortRange.ofThisMachine());
    cluster = cluster(values);
    logLimitBytes = values.<Long>of(Key.LOG_LIMIT);
    onLimit = values.of(Key.ON_LIMIT);
    Long memory = values.of(Key.MEMORY);
    isMemoryGiven = memory != null;
    memoryBytes = memory == null ? Runtime.getRuntime().maxMemory() / HEAP_SHARE : memory;
    heartbeatMs = values.<Long>of(Key.HEARTBEAT);
    suspectMs = values.<Long>of(Key.SUSPECT);
    resumeWindowMs = values.<Long>of(Key.RESUME_WINDOW);
    divergence = values.of(Key.DIVERGENCE);
    logLevel = values.of(Key.LOG_LEVEL);
    logFile = values.of(Key.LOG_FILE);
    strict = values.<Boolean>of(Key.STRICT);
  }

  private static ClusterSettings cluster(Values values) {
    return new ClusterSettings(
        values.of(Key.CLUSTER_NAME),
        values.of(Key.CLUSTER_MEMBERS),
        values.of(Key.CLUSTER_BIND),
        values.of(Key.CLUSTER_MODE),
        values.of(Key.CLUSTER_KEY));
  }

  /**
   * Reads all settings; never fails.
   *
   * @param agentArgument path of a properties file, {@code key=value;key=value}, or null
   * @param environment as of {@link System#getenv()}
   * @param system as of {@link System#getProperties()}
   * @return settings with the default in place of each malformed value, and what was wrong
   */
  public static Loaded load(
      String agentArgument, Map<String, String> environment, Properties system) {
    List<Problem> problems = new ArrayList<>();
    SettingSources sources = new SettingSources(problems);
    Values values = new Values(sources.collect(agentArgument, environment, system), problems);
    Settings settings = new Settings(values);
    if (problems.isEmpty()) {
      settings.checkTogether(values);
      settings.checkExceptions(values);
    }
    return new Loaded(settings, List.copyOf(problems));
  }

  /** Values that are each well formed and still make no sense side by side. */
  private void checkTogether(Values values) {
    if (suspectMs < 2 * heartbeatMs) {
      values.reject(
          Key.SUSPECT, "expected at least twice belay.heartbeat, which is " + heartbeatMs + "ms");
    }
    if (onLimit == OnLimit.BLOCK && cluster.mode() == ClusterMode.NONE) {
      values.reject(
          Key.ON_LIMIT,
          "nothing ever becomes durable without a cluster; expected demote,"
              + " or a belay.cluster.mode other than none");
    }
    if (door.port() != HostPort.ANY_PORT && isService(door.port())) {
      values.reject(
          Key.DOOR, "expected a port of its own, but belay.services lists " + door.port());
    }
  }

  /** An exception for a service that there is not would never apply. */
  private void checkExceptions(Values values) {
    for (String name : divergence.overrides().keySet()) {
      if (!services.isNone() && !services.mayHave(name)) {
        values.reject(
            Key.DIVERGENCE, "expected names out of belay.services, but that does not list " + name);
      }
    }
  }

  private boolean isService(int port) {
    for (Service service : services.services()) {
      if (service.port() == port) {
        return true;
      }
    }
    return false;
  }

  /**
   * Settings and what was wrong with them.
   *
   * @param settings usable when there is no problem
   * @param problems one for each key that cannot be used as it is
   */
  public record Loaded(Settings settings, List<Problem> problems) {

    /** Prints one line for each problem. */
    public void report(PrintStream errors) {
      for (Problem problem : problems) {
        errors.println("belay: " + problem.line() + "; " + consequence());
      }
    }

    /** True when the JVM must end with {@link #EXIT_STATUS} rather than run unprotected. */
    public boolean isFatal() {
      return !problems.isEmpty() && settings.strict && settings.enabled;
    }

    private String consequence() {
      return isFatal()
          ? "the JVM exits because belay.strict=true"
          : "the application runs unprotected";
    }
  }

  /** False when the agent is switched off. */
  public boolean enabled() {
    return enabled;
  }

  /** True when connections to some targets are to be protected. */
  public boolean wantsClient() {
    return enabled && !connectGroups.isEmpty();
  }

  /** True when at least one listening port would be protected. */
  public boolean wantsServer() {
    return enabled && !services.isNone();
  }

  /** The support groups of protected targets; empty for none. */
  public List<SupportGroup> connectGroups() {
    return connectGroups;
  }

  /** Which listening ports are protected. */
  public ServiceFilter services() {
    return services;
  }

  /** Where the door listens; its port may be {@link HostPort#ANY_PORT}. */
  public HostPort door() {
    return door;
  }

  /** Where clients reach the door, or null: at the address it listens on. */
  public HostPort advertise() {
    return advertise;
  }

  /** A copy of the secret that both ends must prove, or null. */
  public byte[] secret() {
    return Secret.bytesOf(secret);
  }

  /** The cluster that holds the logs. */
  public ClusterSettings cluster() {
    return cluster;
  }

  /** Bytes of input log that one session may have. */
  public long logLimitBytes() {
    return logLimitBytes;
  }

  /** What happens at {@link #logLimitBytes}. */
  public OnLimit onLimit() {
    return onLimit;
  }

  /** Bytes that all buffers and logs in this JVM may have together. */
  public long memoryBytes() {
    return memoryBytes;
  }

  /**
   * Whether those are meant with what is held for other servers. Where nobody has said anything, a
   * share of the heap is for this JVM's own sessions, and as much again for the others'.
   */
  public boolean isMemoryGiven() {
    return isMemoryGiven;
  }

  /** Between two beats of a control link. */
  public long heartbeatMs() {
    return heartbeatMs;
  }

  /** Silence after which a peer is dead; at least two beats. */
  public long suspectMs() {
    return suspectMs;
  }

  /** How long a session waits for a new link. */
  public long resumeWindowMs() {
    return resumeWindowMs;
  }

  /** What happens when a replay differs, by service. */
  public DivergencePolicy divergence() {
    return divergence;
  }

  /** The least severe level that is logged. */
  public LogLevel logLevel() {
    return logLevel;
  }

  /** Where the agent logs, or null: to stderr. */
  public File logFile() {
    return logFile;
  }

  /**
   * The client's ports from which connects may go to the application's own port, or null: then none
   * may. Without a secret nothing would show whose a port is; and the kernel must not give it to
   * anybody else.
   */
  public PortRange directPorts() {
    return secret == null || isDirectTaken ? null : direct;
  }

  /** True when the JVM may not run unprotected because of its settings. */
  public boolean strict() {
    return strict;
  }

  /** What can be used, and is worth a word to whoever set it; a line each. */
  public List<String> warnings() {
    List<String> lines = new ArrayList<>();
    long heapBytes = Runtime.getRuntime().maxMemory();
    if (memoryBytes > heapBytes) {
      lines.add(
          "belay.memory is more than this JVM's heap, which is "
              + heapBytes
              + " bytes: it limits nothing");
    }
    if (direct != null && secret == null) {
      lines.add(
          "belay.direct has no effect without a belay.secret: anybody at a client's address could"
              + " name another's connection as its own");
    } else if (isDirectTaken) {
      lines.add(
          "belay.direct="
              + direct
              + " has no effect: this machine gives the ports "
              + PortRange.ofThisMachine()
              + " to any program (net.ipv4.ip_local_port_range), expected others");
    }
    boolean isMember = wantsServer() && cluster.mode() != ClusterMode.NONE;
    if (isMember && cluster.bind().isWildcard() && cluster.key() == null) {
      lines.add(
          "belay.cluster.bind="
              + cluster.bind()
              + " is every address of this machine, and there is no belay.cluster.key: whoever"
              + " reaches that port can read and change what the cluster holds");
    }
    return lines;
  }

  /** All values in one line; secrets only as a mask. */
  @Override
  public String toString() {
    return "enabled="
        + enabled
        + " connect="
        + connectGroups
        + " services="
        + services
        + " door="
        + door
        + " advertise="
        + advertise
        + " secret="
        + secret
        + " direct="
        + direct
        + " cluster="
        + cluster
        + " logLimitBytes="
        + logLimitBytes
        + " onLimit="
        + onLimit
        + " memoryBytes="
        + memoryBytes
        + " heartbeatMs="
        + heartbeatMs
        + " suspectMs="
        + suspectMs
        + " resumeWindowMs="
        + resumeWindowMs
        + " divergence="
        + divergence
        + " logLevel="
        + logLevel
        + " logFile="
        + logFile
        + " strict="
        + strict;
  }
}
