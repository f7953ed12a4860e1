package dev.belay.it.transparency;

import java.net.Socket;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * One walk through a part of the socket API at a connected end, with a {@link Partner} at the
 * other; either end may be the client.
 */
record Scenario<E extends AutoCloseable>(String name, Class<E> end, Walk<E> walk) {

  /** What is done with the end. */
  interface Walk<E> {
    void walk(E end, Notes notes) throws Exception;
  }

  static Scenario<Socket> socket(String name, Walk<Socket> walk) {
    return new Scenario<>("socket." + name, Socket.class, walk);
  }

  static Scenario<SocketChannel> channel(String name, Walk<SocketChannel> walk) {
    return new Scenario<>("channel." + name, SocketChannel.class, walk);
  }

  static Scenario<AsynchronousSocketChannel> async(
      String name, Walk<AsynchronousSocketChannel> walk) {
    return new Scenario<>("async." + name, AsynchronousSocketChannel.class, walk);
  }

  /** All scenarios that this JVM can run. */
  static List<Scenario<?>> all() {
    List<Scenario<?>> all = new ArrayList<>();
    all.addAll(SocketScenarios.all());
    all.addAll(SocketEndScenarios.all());
    all.addAll(ChannelScenarios.all());
    all.addAll(SelectorScenarios.all());
    all.addAll(TransferScenarios.all());
    all.addAll(AsyncScenarios.all());
    all.addAll(IdentityScenarios.all());
    if (VirtualThreads.areThere()) {
      all.addAll(VirtualThreadScenarios.all());
    }
    return all;
  }

  static Scenario<?> named(String name) {
    return all().stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no scenario " + name));
  }

  /** Walks, and closes the end. */
  void run(AutoCloseable connected, Notes notes) {
    try (E mine = end.cast(connected)) {
      walk.walk(mine, notes);
      notes.say("walked", "to the end");
    } catch (Exception | AssertionError e) {
      notes.say("walk broken off", e);
    }
  }
}
