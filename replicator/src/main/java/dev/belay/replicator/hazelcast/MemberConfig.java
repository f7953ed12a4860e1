package dev.belay.replicator.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.config.ConfigAccessor;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.ServiceConfig;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperty;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.cluster.ReplicatorSettings.Role;
import dev.belay.replicator.members.KeyMark;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * How our member of Hazelcast is set up: small, quiet, and deaf to the {@code -Dhazelcast.*} of the
 * application in whose JVM it lives.
 */
final class MemberConfig {

  /** The version of what members say to each other; others are no peers. */
  static final String FORMAT = "1";

  static final String FORMAT_ATTRIBUTE = "belay.format";
  static final String SERVER_ATTRIBUTE = "belay.server";
  static final String DOOR_ATTRIBUTE = "belay.door";
  static final String KEY_ATTRIBUTE = "belay.key";
  static final String SILENCE_ATTRIBUTE = "belay.silence";

  /** Ports tried from the configured one on. */
  private static final int PORTS = 100;

  private static final int CONNECT_TIMEOUT_S = 5;

  private MemberConfig() {}

  /** That which Hazelcast asks by name is not looked for among the system properties. */
  private static final class OwnConfig extends Config {

    OwnConfig(String instance) {
      super(instance);
    }

    @Override
    public String getProperty(String name) {
      return getProperties().getProperty(name);
    }
  }

  static Config of(ReplicatorSettings settings, AskService service) throws UnknownHostException {
    ClassLoader loader = MemberConfig.class.getClassLoader();
    Config config = new OwnConfig("belay." + settings.server()).setClassLoader(loader);
    config.setClusterName(settings.name());
    config.setLiteMember(settings.role() == Role.SERVER_WITHOUT_DATA);
    config.getMetricsConfig().setEnabled(false);
    config.getJetConfig().setEnabled(false);
    config
        .getSerializationConfig()
        .addDataSerializableFactory(AskFactory.ID, new AskFactory())
        .setJavaSerializationFilterConfig(plainJavaOnly());
    ConfigAccessor.getServicesConfig(config)
        .addServiceConfig(
            new ServiceConfig()
                .setEnabled(true)
                .setName(AskService.NAME)
                .setImplementation(service));
    attributes(config, settings);
    network(config.getNetworkConfig(), settings);
    properties(config);
    return config;
  }

  private static void attributes(Config config, ReplicatorSettings settings) {
    config
        .getMemberAttributeConfig()
        .setAttribute(FORMAT_ATTRIBUTE, FORMAT)
        .setAttribute(SERVER_ATTRIBUTE, settings.server())
        .setAttribute(SILENCE_ATTRIBUTE, String.valueOf(settings.silence().toMillis()))
        .setAttribute(KEY_ATTRIBUTE, KeyMark.of(settings.key(), settings.name()));
    if (settings.door() != null) {
      config.getMemberAttributeConfig().setAttribute(DOOR_ATTRIBUTE, settings.door());
    }
  }

  private static void network(NetworkConfig network, ReplicatorSettings settings)
      throws UnknownHostException {
    network.setPort(settings.bindPort()).setPortAutoIncrement(true).setPortCount(PORTS);
    InetAddress bind = InetAddress.getByName(settings.bindHost());
    if (!bind.isAnyLocalAddress()) {
      network.getInterfaces().setEnabled(true).setInterfaces(List.of(bind.getHostAddress()));
    }
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig()
        .setEnabled(true)
        .setConnectionTimeoutSeconds(CONNECT_TIMEOUT_S)
        .setMembers(settings.seeds());
  }

  private static void properties(Config config) {
    quiet(config);
    few(config);
    set(config, ClusterProperty.SOCKET_BIND_ANY, "false");
    set(config, ClusterProperty.TCP_JOIN_PORT_TRY_COUNT, "3");
    // Membership only collects garbage here; who is dead is decided elsewhere, and sooner.
    set(config, ClusterProperty.HEARTBEAT_INTERVAL_SECONDS, "1");
    set(config, ClusterProperty.MAX_NO_HEARTBEAT_SECONDS, "15");
    // A process that was killed is gone as soon as its connection is.
    set(config, ClusterProperty.CONNECTION_MONITOR_INTERVAL, "10");
    set(config, ClusterProperty.CONNECTION_MONITOR_MAX_FAULTS, "0");
    set(config, ClusterProperty.WAIT_SECONDS_BEFORE_JOIN, "0");
    set(config, ClusterProperty.MERGE_FIRST_RUN_DELAY_SECONDS, "5");
    set(config, ClusterProperty.MERGE_NEXT_RUN_DELAY_SECONDS, "5");
    set(config, ClusterProperty.SOCKET_SEND_BUFFER_SIZE, "512");
    set(config, ClusterProperty.SOCKET_RECEIVE_BUFFER_SIZE, "512");
    set(config, ClusterProperty.OPERATION_CALL_TIMEOUT_MILLIS, "5000");
    set(config, ClusterProperty.INVOCATION_MAX_RETRY_COUNT, "1");
    set(config, ClusterProperty.BACKPRESSURE_ENABLED, "false");
    defaults(config);
  }

  /** Nothing is logged, reported, published or hooked. */
  private static void quiet(Config config) {
    set(config, ClusterProperty.LOGGING_TYPE, "none");
    set(config, ClusterProperty.PHONE_HOME_ENABLED, "false");
    set(config, ClusterProperty.SHUTDOWNHOOK_ENABLED, "false");
    set(config, ClusterProperty.ENABLE_JMX, "false");
    set(config, ClusterProperty.METRICS_ENABLED, "false");
    set(config, ClusterProperty.METRICS_JMX_ENABLED, "false");
    set(config, ClusterProperty.HEALTH_MONITORING_LEVEL, "OFF");
    set(config, ClusterProperty.SLOW_OPERATION_DETECTOR_ENABLED, "false");
  }

  /** As few threads as do. The partitions are empty. */
  private static void few(Config config) {
    set(config, ClusterProperty.PARTITION_COUNT, "31");
    set(config, ClusterProperty.PARTITION_OPERATION_THREAD_COUNT, "2");
    set(config, ClusterProperty.GENERIC_OPERATION_THREAD_COUNT, "2");
    set(config, ClusterProperty.PRIORITY_GENERIC_OPERATION_THREAD_COUNT, "1");
    set(config, ClusterProperty.RESPONSE_THREAD_COUNT, "1");
    set(config, ClusterProperty.IO_THREAD_COUNT, "1");
    set(config, ClusterProperty.EVENT_THREAD_COUNT, "1");
    set(config, ClusterProperty.CLIENT_ENGINE_THREAD_COUNT, "1");
    set(config, ClusterProperty.CLIENT_ENGINE_QUERY_THREAD_COUNT, "1");
    set(config, ClusterProperty.CLIENT_ENGINE_BLOCKING_THREAD_COUNT, "1");
  }

  /**
   * Every other property gets its default, or what the one has that it is a part of: one that is
   * not set is looked for among the system properties, which are the application's.
   */
  private static void defaults(Config config) {
    for (Field each : ClusterProperty.class.getFields()) {
      HazelcastProperty property = propertyOf(each);
      String value = property == null ? null : valueOf(config, property);
      if (value != null) {
        set(config, property, value);
      }
    }
  }

  private static String valueOf(Config config, HazelcastProperty property) {
    String own = config.getProperty(property.getName());
    if (own != null) {
      return own;
    }
    HazelcastProperty parent = property.getParent();
    return parent == null ? property.getDefaultValue() : valueOf(config, parent);
  }

  private static HazelcastProperty propertyOf(Field field) {
    boolean isProperty =
        Modifier.isStatic(field.getModifiers()) && field.getType() == HazelcastProperty.class;
    try {
      return isProperty ? (HazelcastProperty) field.get(null) : null;
    } catch (IllegalAccessException e) {
      return null; // not one that an application could set either
    }
  }

  private static void set(Config config, HazelcastProperty property, String value) {
    config.setProperty(property.getName(), value);
  }

  /** Whoever joins can send objects: of the JDK and of Hazelcast only, and none of known harm. */
  private static JavaSerializationFilterConfig plainJavaOnly() {
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    filter.getWhitelist().addPrefixes("java.", "com.hazelcast.", "[");
    return filter;
  }
}
