package dev.belay.agent.wire;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * A byte string as a value: a nonce, a public key, a proof. Immutable; equal when the bytes are
 * equal, compared in constant time.
 */
public final class Bytes {

  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /** The bytes of the array, copied. */
  public static Bytes copyOf(byte[] array) {
    return new Bytes(array.clone());
  }

  /** As many random bytes. */
  public static Bytes random(int length, RandomGenerator random) {
    byte[] array = new byte[length];
    random.nextBytes(array);
    return new Bytes(array);
  }

  /** The bytes [from, from + length) of the array, copied. */
  static Bytes copyOf(byte[] array, int from, int length) {
    return new Bytes(Arrays.copyOfRange(array, from, from + length));
  }

  /** How many bytes there are. */
  public int length() {
    return array.length;
  }

  /** A copy. */
  public byte[] toArray() {
    return array.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && MessageDigest.isEqual(array, bytes.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  /** In hexadecimal. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(array);
  }
}
