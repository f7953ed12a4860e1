package dev.belay.replicator.members;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.replicator.held.HeldRecord;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@link FieldWriter} has written. Checks every length before it is used; whatever does
 * not fit is a {@link CallFormatException}. One thread.
 */
final class FieldReader {

  /** An in position, an end position, a length. */
  private static final int LEAST_HELD_BYTES = 2 * Long.BYTES + Integer.BYTES;

  private final ByteBuffer in;

  FieldReader(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes);
  }

  int u8() {
    return need(Byte.BYTES).get() & 0xff;
  }

  int int32() {
    return need(Integer.BYTES).getInt();
  }

  long int64() {
    return need(Long.BYTES).getLong();
  }

  /** A number of things each of which takes at least so many bytes. */
  int count(int leastBytes) {
    int count = int32();
    if (count < 0 || count > in.remaining() / leastBytes) {
      throw new CallFormatException("count=" + count + " remaining=" + in.remaining());
    }
    return count;
  }

  SessionId id() {
    return new SessionId(int64(), int64());
  }

  Epoch epoch() {
    int number = int32();
    if (number < 0) {
      throw new CallFormatException("negative epoch: " + number);
    }
    return Epoch.of(number);
  }

  byte[] bytes() {
    return raw(count(1));
  }

  byte[] raw(int length) {
    byte[] bytes = new byte[length];
    need(length).get(bytes);
    return bytes;
  }

  /** All that is left. */
  byte[] rest() {
    return raw(in.remaining());
  }

  String text() {
    return new String(bytes(), UTF_8);
  }

  SessionRecord record() {
    SessionId id = id();
    Epoch epoch = epoch();
    String service = text();
    String server = text();
    byte[] sealedKey = bytes();
    long startPosition = int64();
    long endPosition = int64();
    if (startPosition < 0 || startPosition > endPosition) {
      throw new CallFormatException("start=" + startPosition + " end=" + endPosition);
    }
    return new SessionRecord(id, epoch, service, server, sealedKey, startPosition, endPosition);
  }

  List<HeldRecord<byte[]>> held() {
    int count = count(LEAST_HELD_BYTES);
    List<HeldRecord<byte[]>> records = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long inPosition = int64();
      long endPosition = int64();
      if (inPosition < 0 || inPosition >= endPosition) {
        throw new CallFormatException("in=" + inPosition + " end=" + endPosition);
      }
      byte[] content = bytes();
      records.add(new HeldRecord<>(inPosition, endPosition, content, content.length));
    }
    return records;
  }

  boolean isAtEnd() {
    return !in.hasRemaining();
  }

  void requireEnd() {
    if (in.hasRemaining()) {
      throw new CallFormatException("bytes behind the end: " + in.remaining());
    }
  }

  private ByteBuffer need(int bytes) {
    if (in.remaining() < bytes) {
      throw new CallFormatException("cut short: wanted=" + bytes + " left=" + in.remaining());
    }
    return in;
  }
}
