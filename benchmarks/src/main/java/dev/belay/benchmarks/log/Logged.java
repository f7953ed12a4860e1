package dev.belay.benchmarks.log;

import dev.belay.agent.cluster.LogWriter;
import dev.belay.agent.cluster.Shipment;
import dev.belay.agent.session.InputLog;
import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.NativeStream;
import dev.belay.agent.session.Session;
import dev.belay.replicator.log.SessionRecord;

/** One session as the agent logs it at the server. One thread appends. */
final class Logged implements Shipment.Owner {
  private static final long LIMIT_BYTES = 64 << 20;
  private static final MemoryBudget BUDGET = new MemoryBudget(1L << 30);

  private final InputLog input;
  private final Shipment shipment;
  private long endPosition;

  /** Begins. */
  Logged(LogWriter writer, SessionRecord record) {
    shipment = writer.ship(record, false);
    input = log(shipment::appended);
    shipment.begin(input, this);
  }

  private static InputLog log(InputLog.Listener listener) {
    return new InputLog(
        new Session.Environment(new Zeros(), BUDGET, LIMIT_BYTES, () -> {}), listener);
  }

  /** Of a session that is to go on here. */
  static InputLog emptyLog() {
    return log(() -> {});
  }

  long endPosition() {
    return endPosition;
  }

  /** A record of its own: the output has grown since the last. */
  void append(int bytes) {
    endPosition += bytes;
    input.append(0, bytes, endPosition);
  }

  /** What is not durable yet. */
  long aheadBytes() {
    return endPosition - shipment.durablePosition();
  }

  long durablePosition() {
    return shipment.durablePosition();
  }

  /** What is kept to be shipped again. */
  long keptBytes() {
    return input.heldBytes();
  }

  void end() {
    shipment.end(true);
    input.close();
  }

  /** Somebody else goes on with it. */
  void leave() {
    shipment.end(false);
    input.close();
  }

  @Override
  public void durable() {
    return; // who measures looks for itself
  }

  @Override
  public void fenced() {
    throw new IllegalStateException("fenced");
  }

  @Override
  public void givenUp() {
    throw new IllegalStateException("given up");
  }

  /** Memory whose content does not matter. */
  private static final class Zeros implements NativeStream {
    @Override
    public void copy(long address, byte[] target, int offset, int length) {
      return; // is zero already
    }

    @Override
    public void copyOut(byte[] source, int offset, long address, int length) {
      throw new UnsupportedOperationException("only read");
    }

    @Override
    public int checksum(int register, long address, int length) {
      return 0;
    }

    @Override
    public long vectorBase(long vectors, int index) {
      return 0;
    }

    @Override
    public int vectorLength(long vectors, int index) {
      return 0;
    }
  }
}
