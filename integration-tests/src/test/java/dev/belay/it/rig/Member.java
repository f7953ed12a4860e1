package dev.belay.it.rig;

import java.util.LinkedHashMap;
import java.util.Map;

/** One server's place on 127.0.0.1: the application's port and its door's. */
public record Member(int port, int door) {

  /** A place nobody has. */
  public static Member free() {
    return new Member(Ports.free(), Ports.free());
  }

  /** As {@code belay.connect} names it. */
  public String target() {
    return "127.0.0.1:" + port + "@" + door;
  }

  /** The settings of a server here, keys without their {@code belay.}. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("services", String.valueOf(port));
    settings.put("door", "127.0.0.1:" + door);
    settings.put("cluster.mode", "none");
    return settings;
  }
}
