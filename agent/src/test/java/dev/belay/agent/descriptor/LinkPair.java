package dev.belay.agent.descriptor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;

/**
 * One TCP connection over loopback: a link for a descriptor, and the peer at its other end. The
 * peer's reads have a deadline.
 */
public final class LinkPair implements AutoCloseable {
  private static final int PATIENCE_MS = 10_000;
  private static final int NARROW_BYTES = 8 << 10;

  private final RawSocket link;
  private final Socket peer;

  private LinkPair(RawSocket link, Socket peer) {
    this.link = link;
    this.peer = peer;
  }

  public static LinkPair open() throws IOException {
    return connect(RawSocket.open(), new ServerSocket());
  }

  /** With buffers so small that the peer has to read for the link to take much. */
  public static LinkPair narrow() throws IOException {
    RawSocket link = RawSocket.open();
    link.option(StandardSocketOptions.SO_SNDBUF, NARROW_BYTES);
    ServerSocket listener = new ServerSocket();
    listener.setReceiveBufferSize(NARROW_BYTES);
    return connect(link, listener);
  }

  private static LinkPair connect(RawSocket link, ServerSocket listener) throws IOException {
    try (listener) {
      listener.setSoTimeout(PATIENCE_MS);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      link.configureBlocking(true); // so that it is connected when connect comes back
      link.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
      link.configureBlocking(false);
      Socket peer = listener.accept();
      peer.setSoTimeout(PATIENCE_MS);
      peer.setTcpNoDelay(true);
      return new LinkPair(link, peer);
    }
  }

  /** This end, in non-blocking mode. */
  public RawSocket link() {
    return link;
  }

  /** The other end. */
  public Socket peer() {
    return peer;
  }

  /** The peer writes. */
  public void send(byte[] bytes) throws IOException {
    peer.getOutputStream().write(bytes);
  }

  /** The peer reads so many bytes, or up to the end. */
  public byte[] receive(int count) throws IOException {
    return peer.getInputStream().readNBytes(count);
  }

  /** The peer reads up to the end. */
  public byte[] receiveAll() throws IOException {
    return peer.getInputStream().readAllBytes();
  }

  /** The peer closes so that this end finds a reset. */
  public void reset() throws IOException {
    peer.setSoLinger(true, 0);
    peer.close();
  }

  @Override
  public void close() throws IOException {
    link.close();
    peer.close();
  }
}
