package dev.belay.it.rig;

import java.util.LinkedHashMap;
import java.util.Map;

/** One server's place: a loopback address, the application's port and its door's. */
public record Member(String host, int port, int door) {

  /** A place on 127.0.0.1. */
  public Member(int port, int door) {
    this("127.0.0.1", port, door);
  }

  /** A place nobody has. */
  public static Member free() {
    return new Member(Ports.free(), Ports.free());
  }

  /** The same server as it is reached through breakers in front of both ports. */
  public Member beside() {
    return new Member("127.0.0.2", port, door);
  }

  /** Where the application's clients connect to. */
  public String address() {
    return host + ":" + port;
  }

  /** As {@code belay.connect} names it. */
  public String target() {
    return host + ":" + port + "@" + door;
  }

  /** The settings of a server here, keys without their {@code belay.}. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("services", String.valueOf(port));
    settings.put("door", host + ":" + door);
    settings.put("cluster.mode", "none");
    return settings;
  }
}
