package dev.belay.agent.config;

import dev.belay.agent.report.LogLevel;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/** What kind of value each key has, and between which limits. */
final class Form {

  private static final long LEAST_LOG_BYTES = 1L << 10;
  private static final long LEAST_MEMORY_BYTES = 64L << 10;

  private Form() {}

  /** The value that the text stands for; null, for a key without a default, stays null. */
  static Object parse(Key key, String text) throws SettingFormatException {
    if (text == null) {
      return null;
    }
    return switch (key) {
      case ENABLED, STRICT -> flag(text);
      case CONFIG, LOG_FILE -> file(text);
      case CONNECT -> groups(text);
      case SERVICES -> ServiceFilter.parse(text);
      case DOOR -> HostPort.parse(text, HostPort.ANY_PORT);
      case ADVERTISE -> destination(text);
      case SECRET, CLUSTER_KEY -> Secret.parse(text);
      case DIRECT -> PortRange.parse(text);
      case CLUSTER_NAME -> Service.checkedName(text);
      case CLUSTER_MEMBERS -> members(text);
      case CLUSTER_BIND -> HostPort.parse(text, 1);
      case CLUSTER_MODE -> Choice.parse(text, ClusterMode.values());
      case LOG_LIMIT -> bytes(text, LEAST_LOG_BYTES);
      case ON_LIMIT -> Choice.parse(text, OnLimit.values());
      case MEMORY -> bytes(text, LEAST_MEMORY_BYTES);
      case HEARTBEAT -> durationMs(text, 10, 60_000);
      case SUSPECT -> durationMs(text, 20, 600_000);
      case RESUME_WINDOW -> durationMs(text, 1, 86_400_000);
      case DIVERGENCE -> DivergencePolicy.parse(text);
      case LOG_LEVEL -> Choice.parse(text, LogLevel.values());
    };
  }

  static Object ofDefault(Key key) {
    try {
      return parse(key, key.defaultText());
    } catch (SettingFormatException e) {
      throw new IllegalStateException("the default of " + key.text() + " is malformed", e);
    }
  }

  private static Boolean flag(String text) throws SettingFormatException {
    if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
      throw SettingFormatException.plain();
    }
    return text.equalsIgnoreCase("true");
  }

  private static File file(String text) throws SettingFormatException {
    if (text.isEmpty()) {
      throw SettingFormatException.plain();
    }
    return new File(text);
  }

  private static List<SupportGroup> groups(String text) throws SettingFormatException {
    return text.isEmpty() || text.equals("none") ? List.of() : SupportGroup.parseAll(text);
  }

  private static HostPort destination(String text) throws SettingFormatException {
    HostPort address = HostPort.parse(text, 1);
    if (address.isWildcard()) {
      throw new SettingFormatException("nobody can connect to " + address.host());
    }
    return address;
  }

  private static List<HostPort> members(String text) throws SettingFormatException {
    List<HostPort> members = new ArrayList<>();
    for (String part : Parts.of(text, ',')) {
      members.add(HostPort.parseWithOptionalPort(part));
    }
    return members;
  }

  private static Long bytes(String text, long least) throws SettingFormatException {
    long bytes = Quantity.bytes(text);
    if (bytes < least) {
      throw new SettingFormatException("it is too small");
    }
    return bytes;
  }

  private static Long durationMs(String text, long leastMs, long mostMs)
      throws SettingFormatException {
    long durationMs = Quantity.durationMs(text);
    if (durationMs < leastMs || durationMs > mostMs) {
      throw new SettingFormatException("it is too " + (durationMs < leastMs ? "short" : "long"));
    }
    return durationMs;
  }
}
