package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;

/**
 * Opens a session. The application's bytes may follow at once, before the door has answered.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |            the common part, see DataPreface, kind 1           |  0
 * +---------------+-----------------------------------------------+
 * |    length n   |  service, n bytes of UTF-8, 1..64             | 76
 * +---------------+-----------------------------------------------+
 * |                        MAC, 16 bytes                          | 77 + n
 * +---------------------------------------------------------------+
 * </pre>
 */
public record OpenPreface(
    long pairId, long linkNumber, SessionId session, int epoch, Bytes sealedKey, String service)
    implements DataPreface {

  @Override
  public PrefaceKind kind() {
    return PrefaceKind.OPEN;
  }

  @Override
  public byte[] encode(PairKeys keys) {
    FieldWriter out = PrefaceHeader.begin(PrefaceKind.OPEN);
    out.i64(pairId);
    out.position("link number", linkNumber);
    out.session(session);
    out.epoch(epoch);
    out.bytes("sealed key", sealedKey, PairKeys.KEY_BYTES);
    out.text("service", service, 1, MAX_SERVICE_BYTES);
    return Seal.preface(out, keys);
  }

  /** The preface in these bytes. The MAC is not checked: {@link #verify} first. */
  public static OpenPreface decode(byte[] wholePreface) throws FrameFormatException {
    FieldReader in = PrefaceHeader.fieldsOf(wholePreface, PrefaceKind.OPEN, PairKeys.MAC_BYTES);
    OpenPreface preface =
        new OpenPreface(
            in.i64("pair id"),
            in.position("link number"),
            in.session(),
            in.epoch(),
            in.bytes("sealed key", PairKeys.KEY_BYTES),
            in.text("service", 1, MAX_SERVICE_BYTES));
    in.end();
    return preface;
  }

  /** As {@link DataPreface#verify}. */
  public static boolean verify(byte[] wholePreface, PairKeys keys) {
    return DataPreface.verify(wholePreface, keys);
  }

  /** As {@link DataPreface#pairIdOf}. */
  public static long pairIdOf(byte[] wholePreface) throws FrameFormatException {
    return DataPreface.pairIdOf(wholePreface);
  }
}
