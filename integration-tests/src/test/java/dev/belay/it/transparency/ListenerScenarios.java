package dev.belay.it.transparency;

import java.net.ServerSocket;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.Future;

/** Listeners that nobody connects to: how a waiting accept() ends. */
final class ListenerScenarios {

  private ListenerScenarios() {}

  static void run(Places places, Notes notes) {
    notes.attempt("accept of a socket", () -> sockets(places, notes));
    notes.attempt("accept of a channel", () -> channels(places, notes));
    notes.attempt("accept of an asynchronous channel", () -> asyncs(places, notes));
  }

  private static String sockets(Places places, Notes notes) throws Exception {
    try (ServerSocket listener = new ServerSocket()) {
      notes.attempt("unbound", listener::toString);
      listener.bind(places.address(Places.SPARE));
      notes.attempt("bound twice", () -> boundAgain(places));
      listener.setSoTimeout(60);
      notes.attemptFor(60, "accept", listener::accept);
      listener.setSoTimeout(0);
      Blocked accept = Blocked.in(listener::accept).awaitBlocked();
      listener.close();
      notes.say("blocked accept", accept.outcome());
      notes.attempt("accept", listener::accept);
      notes.attempt("closed", listener::toString);
    }
    return "done";
  }

  private static String boundAgain(Places places) throws Exception {
    try (ServerSocket second = new ServerSocket()) {
      second.bind(places.address(Places.SPARE));
      return second.toString();
    }
  }

  private static String channels(Places places, Notes notes) throws Exception {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(places.address(Places.SPARE));
      Blocked accept = Blocked.in(listener::accept).awaitBlocked();
      accept.thread().interrupt();
      notes.say("interrupted accept", accept.outcome());
      notes.attempt("accept", listener::accept);
    }
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(places.address(Places.SPARE));
      Blocked accept = Blocked.in(listener::accept).awaitBlocked();
      listener.close();
      notes.say("blocked accept", accept.outcome());
    }
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(places.address(Places.SPARE));
      listener.configureBlocking(false);
      notes.attempt("non-blocking accept", listener::accept);
    }
    return "done";
  }

  private static String asyncs(Places places, Notes notes) throws Exception {
    try (AsynchronousServerSocketChannel listener = AsynchronousServerSocketChannel.open()) {
      listener.bind(places.address(Places.SPARE));
      Future<?> pending = listener.accept();
      notes.attempt("second accept", () -> listener.accept().get());
      listener.close();
      notes.attempt("pending accept", pending::get);
    }
    return "done";
  }
}
