package dev.belay.it.transparency;

import static dev.belay.it.transparency.Scenario.async;
import static dev.belay.it.transparency.Scenario.channel;
import static dev.belay.it.transparency.Scenario.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import jdk.net.ExtendedSocketOptions;

/** Who an end says it is, what the other end says of it, and its options. */
final class IdentityScenarios {

  private IdentityScenarios() {}

  static List<Scenario<?>> all() {
    return List.of(
        socket("identity", IdentityScenarios::identity),
        socket("options", IdentityScenarios::options),
        channel("identity", IdentityScenarios::identity),
        channel("options", IdentityScenarios::options),
        async("identity", IdentityScenarios::identity),
        async("options", IdentityScenarios::options));
  }

  static void namePorts(Socket socket, Notes notes) {
    notes.port(socket.getLocalPort(), "MINE");
    notes.port(socket.getPort(), "THEIRS");
  }

  private static void namePorts(Object local, Object remote, Notes notes) {
    notes.port(((InetSocketAddress) local).getPort(), "MINE");
    notes.port(((InetSocketAddress) remote).getPort(), "THEIRS");
  }

  private static void identity(Socket socket, Notes notes) throws IOException {
    namePorts(socket, notes);
    notes.attempt("text", socket::toString);
    notes.attempt("local", socket::getLocalSocketAddress);
    notes.attempt("remote", socket::getRemoteSocketAddress);
    notes.attempt("local host", socket::getLocalAddress);
    notes.attempt("remote host", socket::getInetAddress);
    notes.attempt("channel", socket::getChannel);
    Ask.via(socket, "whoami");
    notes.attempt("the other end says", () -> Stream.readLine(socket.getInputStream()));
    socket.shutdownOutput();
    notes.attempt("text after shutdownOutput", socket::toString);
  }

  private static void identity(SocketChannel channel, Notes notes) throws IOException {
    namePorts(channel.getLocalAddress(), channel.getRemoteAddress(), notes);
    notes.attempt("text", channel::toString);
    notes.attempt("local", channel::getLocalAddress);
    notes.attempt("remote", channel::getRemoteAddress);
    notes.attempt("adaptor", () -> channel.socket().toString());
    notes.attempt("adaptor's local port", () -> ":" + channel.socket().getLocalPort());
    notes.attempt("adaptor's port", () -> ":" + channel.socket().getPort());
    Ask.via(channel, "whoami");
    notes.attempt("the other end says", () -> Stream.readLine(channel.socket().getInputStream()));
    channel.shutdownInput();
    notes.attempt("text after shutdownInput", channel::toString);
    channel.shutdownOutput();
    notes.attempt("text after shutdownOutput", channel::toString);
    channel.close();
    notes.attempt("text after close", channel::toString);
    notes.attempt("remote after close", channel::getRemoteAddress);
  }

  private static void identity(AsynchronousSocketChannel channel, Notes notes) throws Exception {
    namePorts(channel.getLocalAddress(), channel.getRemoteAddress(), notes);
    notes.attempt("text", channel::toString);
    Ask.via(channel, "whoami");
    StringBuilder line = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (line.indexOf("\n") < 0 && AsyncScenarios.get(channel.read(one.clear())) > 0) {
      line.append((char) one.get(0));
    }
    notes.say("the other end says", line.toString().trim());
    channel.shutdownOutput();
    notes.attempt("text after shutdownOutput", channel::toString);
    channel.close();
    notes.attempt("text after close", channel::toString);
  }

  private static void options(Socket socket, Notes notes) throws IOException {
    notes.attempt("no delay", socket::getTcpNoDelay);
    notes.attempt("keep alive", socket::getKeepAlive);
    notes.attempt("linger", socket::getSoLinger);
    notes.attempt("reuse address", socket::getReuseAddress);
    notes.attempt("traffic class", socket::getTrafficClass);
    notes.attempt("time-out", socket::getSoTimeout);
    notes.attempt("supported", () -> names(socket.supportedOptions()));
    Access access =
        new Access() {
          @Override
          public <T> T change(SocketOption<T> option, T value) throws IOException {
            return socket.setOption(option, value).getOption(option);
          }

          @Override
          public <T> T look(SocketOption<T> option) throws IOException {
            return socket.getOption(option);
          }
        };
    changeAll(access, notes);
    Ask.via(socket, "echo 3");
    socket.getOutputStream().write(Stream.bytes(3));
    notes.attempt("echo", () -> Stream.read(socket.getInputStream(), 3));
    lookAtAll(access, notes);
  }

  private static void options(NetworkChannel channel, Notes notes) throws IOException {
    notes.attempt("supported", () -> names(channel.supportedOptions()));
    Access access = access(channel);
    notes.attempt("no delay", () -> access.look(StandardSocketOptions.TCP_NODELAY));
    notes.attempt("keep alive", () -> access.look(StandardSocketOptions.SO_KEEPALIVE));
    changeAll(access, notes);
    lookAtAll(access, notes);
    channel.close();
    notes.attempt("closed", () -> access.look(StandardSocketOptions.TCP_NODELAY));
  }

  static Access access(NetworkChannel channel) {
    return new Access() {
      @Override
      public <T> T change(SocketOption<T> option, T value) throws IOException {
        return channel.setOption(option, value).getOption(option);
      }

      @Override
      public <T> T look(SocketOption<T> option) throws IOException {
        return channel.getOption(option);
      }
    };
  }

  /** A way to an end's options. */
  interface Access {
    <T> T change(SocketOption<T> option, T value) throws IOException;

    <T> T look(SocketOption<T> option) throws IOException;
  }

  static void changeAll(Access access, Notes notes) {
    change(access, StandardSocketOptions.SO_SNDBUF, 20_000, notes);
    change(access, StandardSocketOptions.SO_RCVBUF, 30_000, notes);
    change(access, StandardSocketOptions.TCP_NODELAY, true, notes);
    change(access, StandardSocketOptions.SO_KEEPALIVE, true, notes);
    change(access, StandardSocketOptions.SO_REUSEADDR, true, notes);
    change(access, StandardSocketOptions.SO_LINGER, 3, notes);
    change(access, StandardSocketOptions.IP_TOS, 0x10, notes);
    change(access, ExtendedSocketOptions.TCP_KEEPIDLE, 77, notes);
    change(access, ExtendedSocketOptions.TCP_KEEPINTERVAL, 7, notes);
    change(access, ExtendedSocketOptions.TCP_QUICKACK, true, notes);
  }

  static void lookAtAll(Access access, Notes notes) {
    List<SocketOption<?>> options =
        List.of(
            StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.TCP_NODELAY,
            StandardSocketOptions.SO_KEEPALIVE,
            StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_LINGER,
            StandardSocketOptions.IP_TOS,
            ExtendedSocketOptions.TCP_KEEPIDLE,
            ExtendedSocketOptions.TCP_KEEPINTERVAL);
    for (SocketOption<?> option : options) {
      notes.attempt(option.name() + " later", () -> access.look(option));
    }
  }

  private static <T> void change(Access access, SocketOption<T> option, T value, Notes notes) {
    notes.attempt(option.name() + " changed", () -> access.change(option, value));
  }

  private static Set<String> names(Set<SocketOption<?>> options) {
    Set<String> names = new TreeSet<>(Comparator.naturalOrder());
    options.forEach(option -> names.add(option.name()));
    return names;
  }
}
