package dev.belay.benchmarks.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A support group of servers under the agent, each of which can be killed and started again. */
final class Group implements AutoCloseable {
  private static final int JOIN_SECONDS = 60;

  /** One server's ports: the protected ones, the unprotected ones, and its door. */
  private record Place(int blocking, int selector, int free, int freeSelector, int door) {
    static Place anywhere() throws IOException {
      return new Place(Ports.free(), Ports.free(), Ports.free(), Ports.free(), Ports.free());
    }
  }

  private final Jvm jvm;
  private final List<String> settings;
  private final List<Place> places = new ArrayList<>();
  private final List<Child> servers = new ArrayList<>();

  /** The members' ports; empty without a cluster. */
  private final List<Integer> cluster;

  Group(Jvm jvm, int size) throws IOException {
    this(jvm, size, false);
  }

  /** Of servers that hold each other's logs, if {@code isClustered}. */
  Group(Jvm jvm, int size, boolean isClustered) throws IOException {
    this(jvm, size, isClustered, List.of());
  }

  /** With settings that all servers and clients have beside the usual ones. */
  Group(Jvm jvm, int size, boolean isClustered, List<String> settings) throws IOException {
    this.jvm = jvm;
    this.settings = settings;
    this.cluster = isClustered ? cluster(size) : List.of();
    for (int i = 0; i < size; i++) {
      places.add(Place.anywhere());
      servers.add(null);
    }
    for (int i = 0; i < size; i++) {
      start(i);
    }
  }

  void start(int index) throws IOException {
    Place at = places.get(index);
    List<String> agent =
        jvm.serverAgent(at.door, "blocking=" + at.blocking + ",selector=" + at.selector);
    add(agent, settings);
    if (!cluster.isEmpty()) {
      agent.add("-Dbelay.cluster.mode=embedded");
      agent.add("-Dbelay.cluster.name=bench-" + cluster.get(0));
      agent.add("-Dbelay.cluster.bind=127.0.0.1:" + cluster.get(index));
      agent.add(
          cluster.stream()
              .map(port -> "127.0.0.1:" + port)
              .collect(Collectors.joining(",", "-Dbelay.cluster.members=", "")));
    }
    servers.set(index, jvm.server(agent, at.blocking, at.selector, at.free, at.freeSelector));
  }

  private static List<Integer> cluster(int size) throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      ports.add(Ports.free());
    }
    return ports;
  }

  /** Until all hold each other's logs. */
  void awaitReplicating() throws IOException, InterruptedException {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(JOIN_SECONDS);
    for (Child each : servers) {
      while (!each.ask("agent Cluster")[0].equals("replicating")) {
        if (System.nanoTime() > endNs) {
          throw new IOException("no cluster after " + JOIN_SECONDS + "s");
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private static void add(List<String> agent, List<String> settings) {
    for (String each : settings) {
      agent.add("-Dbelay." + each);
    }
  }

  Child client(String... ofClient) throws IOException {
    String blocking = connect(place -> place.blocking);
    String selector = connect(place -> place.selector);
    List<String> agent = jvm.clientAgent(blocking + "," + selector);
    add(agent, settings);
    add(agent, List.of(ofClient));
    return jvm.client(agent);
  }

  private String connect(java.util.function.ToIntFunction<Place> port) {
    return places.stream()
        .map(place -> "127.0.0.1:" + port.applyAsInt(place) + "@" + place.door)
        .collect(Collectors.joining("|"));
  }

  Child server(int index) {
    return servers.get(index);
  }

  int port(int index, boolean isBlocking) {
    return isBlocking ? places.get(index).blocking : places.get(index).selector;
  }

  int unprotectedPort(int index, boolean isBlocking) {
    return isBlocking ? places.get(index).free : places.get(index).freeSelector;
  }

  int door(int index) {
    return places.get(index).door;
  }

  @Override
  public void close() {
    for (Child server : servers) {
      if (server != null) {
        server.close();
      }
    }
  }
}
