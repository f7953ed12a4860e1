package dev.belay.it.rig;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * A cluster of so many members on loopback, each with a port of its own, under a name that nobody
 * else has: servers of parallel stories never meet.
 */
public final class Cluster {
  private final String name = "it-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final List<Integer> ports = new ArrayList<>();

  /** Room for {@code size} members. */
  public Cluster(int size) {
    for (int i = 0; i < size; i++) {
      ports.add(Ports.free());
    }
  }

  /** The settings of a server at a place that is this cluster's member number {@code index}. */
  public Map<String, String> server(Member place, int index, String... more) {
    Map<String, String> settings = new LinkedHashMap<>(place.settings());
    settings.put("services", "ledger=" + place.port()); // one name, since the ports differ
    settings.put("cluster.mode", "embedded");
    settings.putAll(member(index));
    return with(settings, more);
  }

  /** Where member number {@code index} is, and where the others are. */
  public Map<String, String> member(int index) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("cluster.name", name);
    settings.put("cluster.bind", "127.0.0.1:" + ports.get(index));
    settings.put(
        "cluster.members",
        ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
    return settings;
  }

  /** The settings and some more, each {@code key=value}. */
  public static Map<String, String> with(Map<String, String> settings, String... more) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    for (String each : more) {
      String[] parts = each.split("=", 2);
      all.put(parts[0], parts[1]);
    }
    return all;
  }

  /** Waits until a server has said that others hold its logs. */
  public static void awaitReplicating(Jvm... servers) {
    for (Jvm server : servers) {
      server.awaitLine("belay INFO cluster: logs are held by other members", Jvm.PATIENCE);
    }
  }
}
