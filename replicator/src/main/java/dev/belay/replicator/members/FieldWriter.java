package dev.belay.replicator.members;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.replicator.held.HeldRecord;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Writes the fields of messages, big-endian, into an array that grows. One thread. */
final class FieldWriter {

  private static final int FIRST_BYTES = 256;

  private ByteBuffer out;

  FieldWriter() {
    this(FIRST_BYTES);
  }

  FieldWriter(int expectedBytes) {
    out = ByteBuffer.allocate(expectedBytes);
  }

  FieldWriter u8(int value) {
    room(Byte.BYTES).put((byte) value);
    return this;
  }

  FieldWriter int32(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  FieldWriter int64(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  FieldWriter id(SessionId id) {
    return int64(id.high()).int64(id.low());
  }

  FieldWriter epoch(Epoch epoch) {
    return int32(epoch.number());
  }

  /** With its length in front. */
  FieldWriter bytes(byte[] bytes) {
    room(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes);
    return this;
  }

  FieldWriter raw(byte[] bytes) {
    room(bytes.length).put(bytes);
    return this;
  }

  FieldWriter text(String text) {
    return bytes(text.getBytes(UTF_8));
  }

  FieldWriter record(SessionRecord record) {
    return id(record.id())
        .epoch(record.epoch())
        .text(record.service())
        .text(record.server())
        .bytes(record.sealedKey())
        .int64(record.startPosition())
        .int64(record.endPosition());
  }

  FieldWriter held(List<HeldRecord<byte[]>> records) {
    int32(records.size());
    for (HeldRecord<byte[]> each : records) {
      int64(each.inPosition()).int64(each.endPosition()).bytes(each.content());
    }
    return this;
  }

  int length() {
    return out.position();
  }

  byte[] toBytes() {
    return out.position() == out.capacity()
        ? out.array()
        : Arrays.copyOf(out.array(), out.position());
  }

  private ByteBuffer room(int wantedBytes) {
    if (out.remaining() < wantedBytes) {
      int needed = Math.addExact(out.position(), wantedBytes);
      int grown = Math.max(needed, (int) Math.min(2L * out.capacity(), Integer.MAX_VALUE - 8));
      out = ByteBuffer.allocate(grown).put(out.flip());
    }
    return out;
  }
}
