package dev.belay.benchmarks.micro;

import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.Session;
import dev.belay.replicator.log.SessionId;
import java.lang.reflect.Field;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import sun.misc.Unsafe;

/** What a session does for each read and each write, without the system call. */
@State(Scope.Thread)
public class SessionBenchmark {
  private static final long PLENTY_BYTES = 64 << 20;
  private static final Unsafe UNSAFE = unsafe();

  @Param({"64", "8192", "65536"})
  public int bytes;

  private long address;
  private Session client;
  private Session server;

  private static Unsafe unsafe() {
    try {
      Field field = Unsafe.class.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      return (Unsafe) field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @Setup(Level.Trial)
  public void open() {
    address = UNSAFE.allocateMemory(bytes);
    UNSAFE.setMemory(address, bytes, (byte) 7);
    MemoryBudget budget = new MemoryBudget(PLENTY_BYTES);
    var environment = new Session.Environment(new BridgeStream(), budget, 0, () -> {});
    client = Session.ofClient(new SessionId(1, 1), "benchmark", environment);
    server = Session.ofServer(new SessionId(1, 1), "benchmark", 0, environment, null);
  }

  @TearDown(Level.Trial)
  public void close() {
    UNSAFE.freeMemory(address);
  }

  /** Client, read: checksum and position. */
  @Benchmark
  public long received() {
    client.received(address, bytes);
    return client.acknowledge();
  }

  /** Server, write: copied into the ring, which the peer acknowledges at once. */
  @Benchmark
  public long sent() {
    server.sending();
    server.sent(address, bytes);
    long position = server.sentPosition();
    server.remoteReceived(position);
    return position;
  }

  /** Server, write: nobody acknowledges, so the ring is full and drops its oldest. */
  @Benchmark
  public long sentUnacknowledged() {
    server.sending();
    server.sent(address, bytes);
    return server.sentPosition();
  }
}
