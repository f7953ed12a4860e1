package dev.belay.replicator.members;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What makes records and logs unreadable for their holders.
 *
 * <pre>
 *   plain:   0 1 | bytes
 *   sealed:  1 1 | salt 16 | counter 8 | AES-256-GCM of the bytes, tag 16
 *   key:     HKDF-SHA256(secret, salt, "belay log 1"), the salt random, one for each process
 *   nonce:   0 4 | counter 8, never the same twice in a process
 *   associated data: use 1 | session 16 | in 8 | end 8
 * </pre>
 *
 * <p>Invariant: no nonce is used twice with one key. Used by the log's thread only.
 */
final class Seal {

  /** What is sealed: a piece of log, or the key in a session record. */
  enum Use {
    LOG,
    KEY
  }

  private static final int NOTHING = -1;
  private static final int PLAIN = 0;
  private static final int SEALED = 1;
  private static final int SALT_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  /** Other processes whose keys are kept ready; beyond that the oldest is derived again. */
  private static final int KEYS = 64;

  private static final byte[] INFO = "belay log 1".getBytes(US_ASCII);
  private static final String ALGORITHM = "AES/GCM/NoPadding";

  private final byte[] secret;
  private final byte[] salt = new byte[SALT_BYTES];
  private final Map<ByteBuffer, SecretKeySpec> keys =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, SecretKeySpec> eldest) {
          return size() > KEYS;
        }
      };
  private long counter;

  /**
   * @param secret shared by all members, or null: nothing is sealed
   */
  Seal(byte[] secret) {
    this.secret = secret == null ? null : secret.clone();
    new SecureRandom().nextBytes(salt);
  }

  byte[] seal(Use use, SessionId id, long inPosition, long endPosition, byte[] plain) {
    if (secret == null) {
      return new FieldWriter(1 + plain.length).u8(PLAIN).raw(plain).toBytes();
    }
    counter++;
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, salt, counter);
      cipher.updateAAD(associated(use, id, inPosition, endPosition));
      byte[] sealed = cipher.doFinal(plain);
      int length = 1 + SALT_BYTES + Long.BYTES + sealed.length;
      return new FieldWriter(length).u8(SEALED).raw(salt).int64(counter).raw(sealed).toBytes();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this jdk has no " + ALGORITHM, e);
    }
  }

  /**
   * What was sealed.
   *
   * @throws SealBrokenException if it was not this, or not with our secret
   */
  byte[] open(Use use, SessionId id, long inPosition, long endPosition, byte[] content) {
    FieldReader in = new FieldReader(content);
    int form = content.length == 0 ? NOTHING : in.u8();
    if (form == PLAIN && secret == null) {
      return in.rest();
    }
    if (form != SEALED || secret == null) {
      throw new SealBrokenException(id, secret == null ? "sealed" : "not sealed", null);
    }
    if (content.length < 1 + SALT_BYTES + Long.BYTES + TAG_BITS / Byte.SIZE) {
      throw new SealBrokenException(id, "cut short", null); // which the JDK takes for its own fault
    }
    byte[] theirSalt = in.raw(SALT_BYTES);
    long theirCounter = in.int64();
    byte[] sealed = in.rest();
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, theirSalt, theirCounter);
      cipher.updateAAD(associated(use, id, inPosition, endPosition));
      return cipher.doFinal(sealed);
    } catch (GeneralSecurityException e) {
      throw new SealBrokenException(id, "changed, or sealed with another secret", e);
    }
  }

  private Cipher cipher(int mode, byte[] keySalt, long number) throws GeneralSecurityException {
    SecretKeySpec key = keys.get(ByteBuffer.wrap(keySalt));
    if (key == null) {
      key = new SecretKeySpec(Hkdf.derive(secret, keySalt, INFO), "AES");
      keys.put(ByteBuffer.wrap(keySalt.clone()), key);
    }
    byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(number).array();
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }

  private static byte[] associated(Use use, SessionId id, long inPosition, long endPosition) {
    return new FieldWriter()
        .u8(use.ordinal())
        .id(id)
        .int64(inPosition)
        .int64(endPosition)
        .toBytes();
  }
}
