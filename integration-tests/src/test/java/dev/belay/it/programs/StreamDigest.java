package dev.belay.it.programs;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Length and SHA-256 of one direction of a connection. Confined to one thread at a time. */
final class StreamDigest {
  private final MessageDigest sha256;
  private long length;

  StreamDigest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void add(byte[] bytes, int offset, int count) {
    sha256.update(bytes, offset, count);
    length += count;
  }

  long length() {
    return length;
  }

  /** {@code length:sha256} of what was added so far. */
  @Override
  public String toString() {
    try {
      MessageDigest soFar = (MessageDigest) sha256.clone();
      return length + ":" + HexFormat.of().formatHex(soFar.digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }
}
