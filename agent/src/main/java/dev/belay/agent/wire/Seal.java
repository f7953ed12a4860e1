package dev.belay.agent.wire;

import java.security.MessageDigest;

/** The MAC at the end of a preface or reply: its last 16 bytes. Stateless. */
final class Seal {

  private Seal() {}

  /** The preface that was written, with its MAC. */
  static byte[] preface(FieldWriter out, PairKeys keys) {
    byte[] whole = out.toWhole(PairKeys.MAC_BYTES);
    return put(whole, keys.macOfPreface(whole));
  }

  /** The reply that was written, with its MAC. */
  static byte[] reply(FieldWriter out, PairKeys keys, long linkNumber) {
    byte[] whole = out.toWhole(PairKeys.MAC_BYTES);
    return put(whole, keys.macOfReply(whole, linkNumber));
  }

  /** Whether the bytes end with this MAC; takes the same time wherever they differ. */
  static boolean isIntact(byte[] whole, byte[] mac) {
    byte[] actual = new byte[mac.length];
    System.arraycopy(whole, whole.length - mac.length, actual, 0, mac.length);
    return MessageDigest.isEqual(mac, actual);
  }

  private static byte[] put(byte[] whole, byte[] mac) {
    System.arraycopy(mac, 0, whole, whole.length - mac.length, mac.length);
    return whole;
  }
}
