package dev.belay.it.transparency;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The client: runs every {@link Scenario} twice, once with its own end as the one that walks, once
 * as the {@link Partner} of the server's end; then the {@link ConnectScenarios}.
 */
final class Probe {
  /** The name in the header of the last connection: the server may go. */
  static final String FINISH = "finish";

  private static final int WALKERS = 3;
  private static final int WALK_TIMEOUT_S = 60;

  private final Places places;

  private Probe(Places places) {
    this.places = places;
  }

  public static void main(String[] args) throws Exception {
    new Probe(Places.of(args)).run();
  }

  private void run() throws Exception {
    walkAll();
    for (ConnectScenarios.Named scenario : ConnectScenarios.all()) {
      if (scenario.name().startsWith(places.only())) {
        connect(scenario);
      }
    }
    try (Socket socket = connected(Places.SOCKET)) {
      Ask.via(socket, Header.of(FINISH, Header.Walker.CLIENT));
      System.out.println("finish | server says: " + Stream.readLine(socket.getInputStream()));
    }
  }

  /** Several at once: most of the time is waiting. */
  private void walkAll() throws InterruptedException {
    ExecutorService walkers = Executors.newFixedThreadPool(WALKERS);
    for (Scenario<?> scenario : Scenario.all()) {
      if (scenario.name().startsWith(places.only())) {
        walkers.execute(() -> walk(() -> walkHere(scenario)));
        walkers.execute(() -> walk(() -> walkThere(scenario)));
      }
    }
    walkers.shutdown();
    if (!walkers.awaitTermination(WALK_TIMEOUT_S, TimeUnit.SECONDS)) {
      System.out.println("probe | too slow");
    }
  }

  /** One connection. */
  private interface Connection {
    void walk() throws Exception;
  }

  private static void walk(Connection connection) {
    try {
      connection.walk();
    } catch (Exception e) {
      System.out.println("probe | cannot connect: " + Outcome.text(e));
    }
  }

  private void walkHere(Scenario<?> scenario) throws Exception {
    Notes notes = notes(scenario.name() + "/client walks");
    AutoCloseable end = open(scenario.end());
    Header.send(end, Header.of(scenario.name(), Header.Walker.CLIENT));
    Course.run(notes, end, () -> scenario.run(end, notes));
  }

  private void walkThere(Scenario<?> scenario) throws Exception {
    Notes notes = notes(scenario.name() + "/client is partner");
    Socket socket = connected(listenerFor(scenario.end()));
    Header.send(socket, Header.of(scenario.name(), Header.Walker.SERVER));
    Partner partner = new Partner(socket, notes);
    Course.run(notes, socket, partner::serve);
  }

  private void connect(ConnectScenarios.Named scenario) throws Exception {
    Notes notes = notes(scenario.name());
    Course.run(notes, () -> {}, () -> scenario.run(places, notes));
  }

  private Notes notes(String label) {
    Notes notes = new Notes(label);
    places.name(notes);
    return notes;
  }

  private Socket connected(String place) throws IOException {
    InetSocketAddress address = places.address(place);
    return new Socket(address.getAddress(), address.getPort());
  }

  private AutoCloseable open(Class<?> kind) throws Exception {
    InetSocketAddress address = places.address(Places.SOCKET);
    if (kind == Socket.class) {
      return connected(Places.SOCKET);
    }
    if (kind == SocketChannel.class) {
      return SocketChannel.open(address);
    }
    AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
    channel.connect(address).get(10, TimeUnit.SECONDS);
    return channel;
  }

  private static String listenerFor(Class<?> kind) {
    if (kind == Socket.class) {
      return Places.SOCKET;
    }
    return kind == SocketChannel.class ? Places.CHANNEL : Places.ASYNC;
  }
}
