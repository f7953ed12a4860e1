package dev.belay.agent.replay;

import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.wire.TurnBatch;
import dev.belay.agent.wire.TurnHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes turn records as a client does that moves to another server. */
final class ClientLog {
  private final LinkPair pair;

  ClientLog(LinkPair pair) {
    this.pair = pair;
  }

  /** These bytes were written when so much had been received. */
  ClientLog turn(long outPosition, byte[] bytes) throws IOException {
    batch(record(outPosition, bytes));
    return this;
  }

  /** The mark that ends the log; the client's raw bytes follow. */
  void end(long outPosition) throws IOException {
    batch(record(outPosition, new byte[0]));
  }

  /** One record; without bytes the one that ends the log. */
  static byte[] record(long outPosition, byte[] bytes) {
    ByteBuffer record = ByteBuffer.allocate(TurnHeader.HEADER_BYTES + bytes.length);
    new TurnHeader(bytes.length, outPosition).encode(record);
    return record.put(bytes).array();
  }

  /** Whole records behind one header. */
  void batch(byte[]... records) throws IOException {
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    for (byte[] record : records) {
      batch.write(record);
    }
    pair.send(ByteBuffer.allocate(TurnBatch.HEADER_BYTES).putInt(batch.size()).array());
    pair.send(batch.toByteArray());
  }
}
