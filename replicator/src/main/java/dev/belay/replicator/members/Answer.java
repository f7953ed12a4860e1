package dev.belay.replicator.members;

import dev.belay.replicator.held.HeldRecord;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.FencedException;
import dev.belay.replicator.log.LogTruncatedException;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.log.SessionUnknownException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link Holder} says to a {@link Call}.
 *
 * <pre>
 *   batch:  count 4 | answer ...
 *   answer: kind 1 | its fields in the order of its components, as in a call
 * </pre>
 */
sealed interface Answer {

  /** Its place is part of the format: add at the end only. */
  enum Kind {
    DONE,
    NUMBER,
    FOUND,
    RECORDS,
    UNKNOWN,
    FENCED,
    UNCLAIMED,
    TRUNCATED,
    FAULTY,
    FULL
  }

  /** What it says. */
  Kind kind();

  /** Writes its fields. */
  void write(FieldWriter out);

  /** What the caller of the log must believe; of an answer that is no failure, that it is wrong. */
  default RuntimeException failure(SessionId id) {
    return new NoAnswerException("out of place: " + kind() + " session=" + id.shortString());
  }

  record Done() implements Answer {
    @Override
    public Kind kind() {
      return Kind.DONE;
    }

    @Override
    public void write(FieldWriter out) {}
  }

  /** A position, or how many. */
  record Number(long value) implements Answer {
    @Override
    public Kind kind() {
      return Kind.NUMBER;
    }

    @Override
    public void write(FieldWriter out) {
      out.int64(value);
    }
  }

  /**
   * The session is here.
   *
   * @param record as it is now
   * @param before the server that it had before the call
   */
  record Found(SessionRecord record, String before) implements Answer {
    @Override
    public Kind kind() {
      return Kind.FOUND;
    }

    @Override
    public void write(FieldWriter out) {
      out.record(record).text(before);
    }
  }

  record Records(List<HeldRecord<byte[]>> records) implements Answer {
    @Override
    public Kind kind() {
      return Kind.RECORDS;
    }

    @Override
    public void write(FieldWriter out) {
      out.held(records);
    }
  }

  record Unknown() implements Answer {
    @Override
    public Kind kind() {
      return Kind.UNKNOWN;
    }

    @Override
    public void write(FieldWriter out) {}

    @Override
    public RuntimeException failure(SessionId id) {
      return new SessionUnknownException(id);
    }
  }

  record Fenced(Epoch theirs, Epoch ours) implements Answer {
    @Override
    public Kind kind() {
      return Kind.FENCED;
    }

    @Override
    public void write(FieldWriter out) {
      out.epoch(theirs).epoch(ours);
    }

    @Override
    public RuntimeException failure(SessionId id) {
      return new FencedException(id, theirs, ours);
    }
  }

  /** A later epoch than is known here. */
  record Unclaimed(String message) implements Answer {
    @Override
    public Kind kind() {
      return Kind.UNCLAIMED;
    }

    @Override
    public void write(FieldWriter out) {
      out.text(message);
    }

    @Override
    public RuntimeException failure(SessionId id) {
      return new IllegalArgumentException(message);
    }
  }

  record Truncated(long wantedPosition, long startPosition, long endPosition) implements Answer {
    @Override
    public Kind kind() {
      return Kind.TRUNCATED;
    }

    @Override
    public void write(FieldWriter out) {
      out.int64(wantedPosition).int64(startPosition).int64(endPosition);
    }

    @Override
    public RuntimeException failure(SessionId id) {
      return new LogTruncatedException(wantedPosition, startPosition, endPosition);
    }
  }

  /** The caller is at fault. */
  record Faulty(String message) implements Answer {
    @Override
    public Kind kind() {
      return Kind.FAULTY;
    }

    @Override
    public void write(FieldWriter out) {
      out.text(message);
    }

    @Override
    public RuntimeException failure(SessionId id) {
      return new IllegalArgumentException(message);
    }
  }

  /** There is no room. */
  record Full(String message) implements Answer {
    @Override
    public Kind kind() {
      return Kind.FULL;
    }

    @Override
    public void write(FieldWriter out) {
      out.text(message);
    }

    @Override
    public RuntimeException failure(SessionId id) {
      return new NoAnswerException(message + " session=" + id.shortString());
    }
  }

  /** A batch, as it goes back. */
  static byte[] encode(List<Answer> answers) {
    FieldWriter out = new FieldWriter().int32(answers.size());
    for (Answer each : answers) {
      each.write(out.u8(each.kind().ordinal()));
    }
    return out.toBytes();
  }

  /**
   * The answers of a batch.
   *
   * @throws CallFormatException if it is none
   */
  static List<Answer> decode(byte[] batch) {
    FieldReader in = new FieldReader(batch);
    int count = in.count(1);
    List<Answer> answers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      answers.add(read(in));
    }
    in.requireEnd();
    return answers;
  }

  private static Answer read(FieldReader in) {
    int number = in.u8();
    if (number >= Kind.values().length) {
      throw new CallFormatException("unknown kind of answer: " + number);
    }
    return switch (Kind.values()[number]) {
      case DONE -> new Done();
      case NUMBER -> new Number(in.int64());
      case FOUND -> new Found(in.record(), in.text());
      case RECORDS -> new Records(in.held());
      case UNKNOWN -> new Unknown();
      case FENCED -> new Fenced(in.epoch(), in.epoch());
      case UNCLAIMED -> new Unclaimed(in.text());
      case TRUNCATED -> new Truncated(in.int64(), in.int64(), in.int64());
      case FAULTY -> new Faulty(in.text());
      case FULL -> new Full(in.text());
    };
  }
}
