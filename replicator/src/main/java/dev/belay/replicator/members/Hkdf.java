package dev.belay.replicator.members;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key derivation of RFC 5869 with SHA-256, for one block of key. Stateless. */
final class Hkdf {

  private static final String HMAC = "HmacSHA256";

  private Hkdf() {}

  /** 32 bytes of key. */
  static byte[] derive(byte[] ikm, byte[] salt, byte[] info) throws GeneralSecurityException {
    Mac expand = hmac(hmac(salt).doFinal(ikm));
    expand.update(info);
    expand.update((byte) 1);
    return expand.doFinal();
  }

  private static Mac hmac(byte[] key) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(HMAC);
    mac.init(new SecretKeySpec(key, HMAC));
    return mac;
  }
}
