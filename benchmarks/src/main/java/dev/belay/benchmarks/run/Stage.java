package dev.belay.benchmarks.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All contenders of one JDK, running at the same time, so that they can take turns: what disturbs
 * one disturbs the other.
 */
final class Stage implements AutoCloseable {
  private final List<AutoCloseable> things = new ArrayList<>();
  private final Map<Contender, Child> clients = new EnumMap<>(Contender.class);
  private final Map<Contender, List<Child>> processes = new EnumMap<>(Contender.class);
  private final Map<Contender, int[]> ports = new EnumMap<>(Contender.class);

  Stage(Jvm jvm, Path directory) throws IOException {
    int blocking = Ports.free();
    int selector = Ports.free();
    Child plainServer = keep(jvm.server(List.of(), blocking, selector));
    Child plainClient = keep(jvm.client(List.of()));
    enter(Contender.PLAIN, plainClient, blocking, selector, plainServer);

    Group group = keep(new Group(jvm, 2));
    Child client = keep(group.client());
    enter(Contender.BELAY, client, group.port(0, true), group.port(0, false), group.server(0));
    enter(
        Contender.UNPROTECTED,
        client,
        group.unprotectedPort(0, true),
        group.unprotectedPort(0, false),
        group.server(0));

    if (jvm.options().has(Contender.DIRECT)) {
      List<String> settings = List.of("secret=benchmark", "direct=10000-31999");
      Group direct = keep(new Group(jvm, 2, false, settings));
      enter(
          Contender.DIRECT,
          keep(direct.client()),
          direct.port(0, true),
          direct.port(0, false),
          direct.server(0));
    }

    enter(Contender.HAPROXY, Proxy.haproxy(directory, blocking, selector));
    enter(Contender.NGINX, Proxy.nginx(directory, blocking, selector));

    int port = Ports.free();
    Child rsocketServer = keep(jvm.rsocketServer(port));
    enter(Contender.RSOCKET, keep(jvm.rsocketClient()), port, port, rsocketServer);
  }

  private void enter(Contender contender, Optional<Proxy> proxy) {
    if (proxy.isPresent()) {
      keep(proxy.get());
      enter(
          contender,
          clients.get(Contender.PLAIN),
          proxy.get().blockingPort(),
          proxy.get().selectorPort(),
          processes.get(Contender.PLAIN).get(1),
          proxy.get().process());
    }
  }

  private void enter(
      Contender contender, Child client, int blocking, int selector, Child... others) {
    clients.put(contender, client);
    ports.put(contender, new int[] {blocking, selector});
    List<Child> all = new ArrayList<>(List.of(client));
    all.addAll(List.of(others));
    processes.put(contender, all);
  }

  private <T extends AutoCloseable> T keep(T thing) {
    things.add(thing);
    return thing;
  }

  boolean has(Contender contender) {
    return clients.containsKey(contender);
  }

  Child client(Contender contender) {
    return clients.get(contender);
  }

  Child server(Contender contender) {
    return processes.get(contender).get(1);
  }

  int port(Contender contender, boolean isBlocking) {
    return ports.get(contender)[isBlocking ? 0 : 1];
  }

  /** Processor time so far of everyone who has a part in it, in seconds. */
  double cpuSeconds(Contender contender) throws IOException {
    double seconds = 0;
    for (Child process : processes.get(contender)) {
      seconds += process.cpuSeconds();
    }
    return seconds;
  }

  @Override
  public void close() throws IOException {
    for (int i = things.size() - 1; i >= 0; i--) {
      try {
        things.get(i).close();
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }
}
