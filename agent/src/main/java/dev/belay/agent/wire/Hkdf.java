package dev.belay.agent.wire;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key derivation of RFC 5869 with SHA-256. Stateless. */
final class Hkdf {

  static final String HMAC = "HmacSHA256";

  private static final int HASH_BYTES = 32;
  private static final int MAX_BLOCKS = 255;

  private Hkdf() {}

  /**
   * HMAC-SHA-256 with this key, ready for use. An empty key is one of zeros (RFC 5869 section 2.2).
   */
  static Mac hmac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[HASH_BYTES] : key, HMAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this jdk has no " + HMAC, e);
    }
  }

  /** As many bytes of key as asked for. */
  static byte[] derive(byte[] ikm, byte[] salt, byte[] info, int length) {
    return expand(hmac(salt).doFinal(ikm), info, length);
  }

  private static byte[] expand(byte[] pseudoRandomKey, byte[] info, int length) {
    if (length > MAX_BLOCKS * HASH_BYTES) {
      throw new IllegalArgumentException("too much key asked for: " + length);
    }
    Mac mac = hmac(pseudoRandomKey);
    byte[] key = new byte[length];
    byte[] block = new byte[0];
    for (int done = 0, number = 1; done < length; done += HASH_BYTES, number++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) number);
      block = mac.doFinal();
      System.arraycopy(block, 0, key, done, Math.min(HASH_BYTES, length - done));
    }
    Arrays.fill(block, (byte) 0);
    return key;
  }
}
