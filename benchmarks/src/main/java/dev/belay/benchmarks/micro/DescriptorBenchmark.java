package dev.belay.benchmarks.micro;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One write and the read of the same bytes by the same thread, on a loopback pair: the system
 * calls, and what the hooks of both ends add.
 *
 * <p>Down, server to client: both ends are of one JVM with the agent. In that direction nothing is
 * kept beyond what the client has read, so that it can go on for ever.
 */
@State(Scope.Thread)
public class DescriptorBenchmark {
  /** Port of each kind of pair, set by {@link Micro}. */
  static final String PORTS = "belay.benchmarks.";

  @Param({"plain", "protected"})
  public String pair;

  @Param({"64", "8192"})
  public int bytes;

  private ServerSocketChannel listening;
  private SocketChannel client;
  private SocketChannel server;
  private ByteBuffer buffer;

  @Setup(Level.Trial)
  public void connect() throws IOException {
    int port = Integer.getInteger(PORTS + pair);
    var address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
    listening = ServerSocketChannel.open().bind(address);
    client = SocketChannel.open(address);
    server = listening.accept();
    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
    server.setOption(StandardSocketOptions.TCP_NODELAY, true);
    buffer = ByteBuffer.allocateDirect(bytes);
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    client.close();
    server.close();
    listening.close();
  }

  /** The whole message, once. */
  @Benchmark
  public int writeAndRead() throws IOException {
    buffer.clear();
    server.write(buffer);
    buffer.clear();
    while (buffer.hasRemaining()) {
      if (client.read(buffer) < 0) {
        throw new IOException("end of stream");
      }
    }
    return buffer.position();
  }
}
