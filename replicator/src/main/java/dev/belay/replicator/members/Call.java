package dev.belay.replicator.members;

import dev.belay.replicator.held.HeldRecord;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One thing asked of a {@link Holder}, as the method of the same name in {@link
 * dev.belay.replicator.log.SessionLog} asks it of the log.
 *
 * <pre>
 *   batch:  count 4 | call ...
 *   call:   kind 1 | its fields in the order of its components
 *   fields: session 16 | epoch 4 | position 8 | text, bytes: length 4, so many bytes
 *   held:   count 4 | in 8 | end 8 | length 4 | content ...
 * </pre>
 */
sealed interface Call {

  /** Its place is part of the format: add at the end only. */
  enum Kind {
    OPEN,
    SESSION,
    APPEND,
    END,
    READ,
    CLAIM,
    FENCE,
    TRIM,
    CLOSE,
    TOUCH,
    EXPIRE
  }

  /** What it asks for. */
  Kind kind();

  /** Writes its fields. */
  void write(FieldWriter out);

  record Open(SessionRecord record) implements Call {
    @Override
    public Kind kind() {
      return Kind.OPEN;
    }

    @Override
    public void write(FieldWriter out) {
      out.record(record);
    }
  }

  record Look(SessionId id) implements Call {
    @Override
    public Kind kind() {
      return Kind.SESSION;
    }

    @Override
    public void write(FieldWriter out) {
      out.id(id);
    }
  }

  record Append(SessionId id, Epoch epoch, List<HeldRecord<byte[]>> records) implements Call {
    @Override
    public Kind kind() {
      return Kind.APPEND;
    }

    @Override
    public void write(FieldWriter out) {
      out.id(id).epoch(epoch).held(records);
    }
  }

  /** Where the log ends. */
  record End(SessionId id) implements Call {
    @Override
    public Kind kind() {
      return Kind.END;
    }

    @Override
    public void write(FieldWriter out) {
      out.id(id);
    }
  }

  record Read(SessionId id, long fromPosition, int limitBytes) implements Call {
    @Override
    public Kind kind() {
      return Kind.READ;
    }

    @Override
    public void write(FieldWriter out) {
      out.id(id).int64(fromPosition).int32(limitBytes);
    }
  }

  record Claim(SessionId id, Epoch expected, Epoch next, String server) implements Call {
    @Override
    public Kind kind() {
      return Kind.CLAIM;
    }

    @Override
    public void write(FieldWriter out) {
      out.id(id).epoch(expected).epoch(next).text(server);
    }
  }

  record Fence(SessionId id, Epoch epoch) implements Call {
    @Override
    public Kind kind() {
      return Kind.FENCE;
    }

    @Override
    public void write(FieldWriter out) {
      out.id(id).epoch(epoch);
    }
  }

  record Trim(SessionId id, Epoch epoch, long position) implements Call {
    @Override
    public Kind kind() {
      return Kind.TRIM;
    }

    @Override
    public void write(FieldWriter out) {
      out.id(id).epoch(epoch).int64(position);
    }
  }

  record Close(SessionId id, Epoch epoch) implements Call {
    @Override
    public Kind kind() {
      return Kind.CLOSE;
    }

    @Override
    public void write(FieldWriter out) {
      out.id(id).epoch(epoch);
    }
  }

  record Touch(SessionId id, Epoch epoch) implements Call {
    @Override
    public Kind kind() {
      return Kind.TOUCH;
    }

    @Override
    public void write(FieldWriter out) {
      out.id(id).epoch(epoch);
    }
  }

  record Expire(Duration silent) implements Call {
    @Override
    public Kind kind() {
      return Kind.EXPIRE;
    }

    @Override
    public void write(FieldWriter out) {
      out.int64(silent.toNanos());
    }
  }

  /** A batch, as it goes to a holder. */
  static byte[] encode(List<Call> calls, int expectedBytes) {
    FieldWriter out = new FieldWriter(expectedBytes).int32(calls.size());
    for (Call each : calls) {
      each.write(out.u8(each.kind().ordinal()));
    }
    return out.toBytes();
  }

  /**
   * The calls of a batch.
   *
   * @throws CallFormatException if it is none
   */
  static List<Call> decode(byte[] batch) {
    FieldReader in = new FieldReader(batch);
    int count = in.count(1);
    List<Call> calls = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      calls.add(read(in));
    }
    in.requireEnd();
    return calls;
  }

  private static Call read(FieldReader in) {
    int number = in.u8();
    if (number >= Kind.values().length) {
      throw new CallFormatException("unknown kind of call: " + number);
    }
    return switch (Kind.values()[number]) {
      case OPEN -> new Open(in.record());
      case SESSION -> new Look(in.id());
      case APPEND -> new Append(in.id(), in.epoch(), in.held());
      case END -> new End(in.id());
      case READ -> new Read(in.id(), in.int64(), in.int32());
      case CLAIM -> new Claim(in.id(), in.epoch(), in.epoch(), in.text());
      case FENCE -> new Fence(in.id(), in.epoch());
      case TRIM -> new Trim(in.id(), in.epoch(), in.int64());
      case CLOSE -> new Close(in.id(), in.epoch());
      case TOUCH -> new Touch(in.id(), in.epoch());
      case EXPIRE -> new Expire(Duration.ofNanos(in.int64()));
    };
  }
}
