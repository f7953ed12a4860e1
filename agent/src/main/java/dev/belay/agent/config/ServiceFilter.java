package dev.belay.agent.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which listening ports are protected, and under which names.
 *
 * @param isAll every port the application listens on
 * @param services the ports that are named, or that are the only ones
 */
public record ServiceFilter(boolean isAll, List<Service> services) {

  private static final String ALL = "*";
  private static final String NONE = "none";

  public ServiceFilter {
    services = List.copyOf(services);
  }

  /** {@code *}, {@code none}, nothing at all, or a list in which {@code *} may be one entry. */
  static ServiceFilter parse(String text) throws SettingFormatException {
    boolean isAll = false;
    List<Service> services = new ArrayList<>();
    boolean isNone = text.isEmpty() || text.equals(NONE);
    for (String part : isNone ? List.<String>of() : Parts.of(text, ',')) {
      if (part.equals(ALL)) {
        isAll = true;
      } else {
        services.add(Service.parse(part));
      }
    }
    requireDistinct(services);
    return new ServiceFilter(isAll, services);
  }

  private static void requireDistinct(List<Service> services) throws SettingFormatException {
    Set<String> names = new HashSet<>();
    Set<Integer> ports = new HashSet<>();
    for (Service service : services) {
      if (!names.add(service.name())) {
        throw new SettingFormatException("the name " + service.name() + " is given twice");
      }
      if (!ports.add(service.port())) {
        throw new SettingFormatException("port " + service.port() + " is listed twice");
      }
    }
  }

  /** The name of the service on that port, or null when the port is not protected. */
  public String nameOf(int port) {
    for (int i = 0; i < services.size(); i++) {
      if (services.get(i).port() == port) {
        return services.get(i).name();
      }
    }
    return isAll ? Integer.toString(port) : null;
  }

  /** False when no service can have that name, whatever the application listens on. */
  boolean mayHave(String name) {
    for (Service service : services) {
      if (service.name().equals(name)) {
        return true;
      }
    }
    return isAll;
  }

  /** True when no port is protected. */
  public boolean isNone() {
    return !isAll && services.isEmpty();
  }

  /** As an operator would write it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(isAll ? ALL : "");
    for (Service service : services) {
      text.append(text.length() == 0 ? "" : ",").append(service);
    }
    return isNone() ? NONE : text.toString();
  }
}
