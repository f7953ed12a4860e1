package dev.belay.benchmarks.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A support group of servers under the agent, each of which can be killed and started again. */
final class Group implements AutoCloseable {
  /** One server's ports: the protected ones, the unprotected ones, and its door. */
  private record Place(int blocking, int selector, int free, int freeSelector, int door) {
    static Place anywhere() throws IOException {
      return new Place(Ports.free(), Ports.free(), Ports.free(), Ports.free(), Ports.free());
    }
  }

  private final Jvm jvm;
  private final List<Place> places = new ArrayList<>();
  private final List<Child> servers = new ArrayList<>();

  Group(Jvm jvm, int size) throws IOException {
    this.jvm = jvm;
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
    servers.set(index, jvm.server(agent, at.blocking, at.selector, at.free, at.freeSelector));
  }

  Child client() throws IOException {
    String blocking = connect(place -> place.blocking);
    String selector = connect(place -> place.selector);
    return jvm.client(jvm.clientAgent(blocking + "," + selector));
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
