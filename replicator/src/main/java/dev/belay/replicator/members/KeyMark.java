package dev.belay.replicator.members;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * By what members know whether they share a secret, without saying it. It proves nothing: who reads
 * it can show it, and still cannot open anything.
 */
public final class KeyMark {

  /** Of members without a secret. */
  public static final String NONE = "none";

  private static final int MARK_BYTES = 8;

  private static final byte[] INFO = "belay member 1".getBytes(UTF_8);

  private KeyMark() {}

  /** Of a member of that cluster; {@code secret} may be null. */
  public static String of(byte[] secret, String cluster) {
    if (secret == null) {
      return NONE;
    }
    try {
      byte[] derived = Hkdf.derive(secret, cluster.getBytes(UTF_8), INFO);
      return HexFormat.of().formatHex(Arrays.copyOf(derived, MARK_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this jdk has no hmac", e);
    }
  }
}
