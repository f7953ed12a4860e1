package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Legal values of all types, their edges more often than chance would have it. */
final class RandomValues {

  private static final String ALPHABET = "abcXYZ019:@/.-_ \u00e4\u20ac\ud83d\ude00";

  private final Random random;

  RandomValues(long seed) {
    random = new Random(seed);
  }

  Random random() {
    return random;
  }

  OpenPreface openPreface() {
    return new OpenPreface(
        random.nextLong(), position(), session(), epoch(), bytes(32), text(1, 64));
  }

  ResumePreface resumePreface() {
    long heldFrom = position() / 2;
    boolean isTakeover = random.nextBoolean();
    return new ResumePreface(
        random.nextLong(),
        position(),
        session(),
        epoch(),
        bytes(32),
        text(1, 64),
        isTakeover,
        isTakeover && random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        position(),
        random.nextInt(),
        heldFrom,
        heldFrom + position() / 2,
        text(0, 64));
  }

  DoorReply doorReply() {
    DoorReply.Code code = oneOf(DoorReply.Code.values());
    boolean isRefused = code == DoorReply.Code.REFUSED;
    return new DoorReply(
        code,
        position(),
        random.nextBoolean() ? DoorReply.UNKNOWN : position(),
        random.nextBoolean(),
        isRefused ? random.nextInt(1 << 16) : 0,
        isRefused ? text(0, 200) : "");
  }

  ClientHello clientHello() {
    return new ClientHello(bytes(16), bytes(32), bytes(16), random.nextBoolean(), text(0, 64));
  }

  ServerHello serverHello() {
    if (random.nextInt(4) == 0) {
      return new ServerHello.Refused(random.nextInt(1 << 16), text(0, 200));
    }
    Bytes proof = random.nextBoolean() ? Bytes.EMPTY : bytes(32);
    return new ServerHello.Accepted(bytes(16), bytes(32), bytes(16), random.nextLong(), proof);
  }

  Frame frame() {
    return switch (oneOf(FrameType.values())) {
      case HEARTBEAT -> new Frame.Heartbeat(random.nextLong());
      case RECEIVED -> new Frame.Received(session(), epoch(), position());
      case DURABLE -> new Frame.Durable(session(), epoch(), position());
      case FIN -> new Frame.Fin(session(), epoch(), random.nextBoolean(), position());
      case ABORT -> new Frame.Abort(session(), epoch(), random.nextInt(1 << 16), text(0, 200));
      case GROUP -> new Frame.Group(text(1, 64), members());
      case MOVE -> new Frame.Move(random.nextBoolean() ? SessionId.ZERO : session(), text(0, 128));
      case LINK_LOST -> new Frame.LinkLost(session(), epoch(), position());
      case GOODBYE -> new Frame.Goodbye(text(0, 200));
      case PROOF -> new Frame.Proof(bytes(32));
      case IDENTITY -> new Frame.Identity(bytes(32));
      case SENT -> new Frame.Sent(session(), epoch(), position());
      case COMPARE -> new Frame.Compare(session(), epoch(), position(), random.nextInt());
      case SWITCH ->
          new Frame.Switch(
              session(),
              epoch(),
              random.nextBoolean(),
              random.nextBoolean(),
              position(),
              random.nextInt());
      case MOVED -> new Frame.Moved(session(), epoch());
      case END_KNOWN -> new Frame.EndKnown(session(), epoch());
      case RESERVE ->
          new Frame.Reserve(session(), epoch(), bytes(32), text(1, 64), text(1, 64), text(1, 128));
      case RESERVED -> new Frame.Reserved(session(), epoch());
      case RELEASE -> new Frame.Release(session(), epoch());
      case RELEASED -> new Frame.Released(session(), epoch());
      case NEAR -> new Frame.Near(session(), epoch(), position(), position());
      case STAYS -> new Frame.Stays(session(), epoch(), text(0, 200));
    };
  }

  private <T> T oneOf(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private List<String> members() {
    int count = edge(33);
    List<String> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(text(1, 128));
    }
    return members;
  }

  private SessionId session() {
    return new SessionId(random.nextLong(), random.nextLong());
  }

  private int epoch() {
    return random.nextInt(8) == 0 ? Integer.MAX_VALUE : random.nextInt(100);
  }

  private long position() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> Long.MAX_VALUE;
      default -> random.nextLong() >>> (1 + random.nextInt(62));
    };
  }

  private Bytes bytes(int length) {
    return Bytes.random(length, random);
  }

  /** Of a length in bytes within these, often one of them. */
  private String text(int minBytes, int maxBytes) {
    int bytes = minBytes + edge(maxBytes - minBytes + 1);
    StringBuilder text = new StringBuilder();
    while (true) {
      String more = Character.toString(ALPHABET.codePointAt(letter()));
      int length = WireText.encode("text", text + more).length;
      if (length > bytes) {
        return "x".repeat(bytes - WireText.encode("text", text.toString()).length) + text;
      }
      text.append(more);
    }
  }

  private int letter() {
    return ALPHABET.offsetByCodePoints(
        0, random.nextInt(ALPHABET.codePointCount(0, ALPHABET.length())));
  }

  /** In [0, end), often 0 or end - 1. */
  private int edge(int end) {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> end - 1;
      default -> random.nextInt(end);
    };
  }
}
