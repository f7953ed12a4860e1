package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a client JVM and a server JVM share after their handshake: the key of every MAC between them
 * and of what is sealed, the server's nonce, and the name under which the door finds them. Both
 * ends of a pair have equal ones. One thread, or the owner's lock.
 */
public final class PairKeys {

  /** Length of the key, and of the keys that it seals. */
  public static final int KEY_BYTES = 32;

  /** Length of a nonce. */
  public static final int NONCE_BYTES = 16;

  /** Length of a MAC: HMAC-SHA-256, its first 16 bytes (RFC 2104 section 5). */
  public static final int MAC_BYTES = 16;

  private static final byte[] SESSION_LABEL =
      "belay session v1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] INSTANCE_LABEL =
      "belay instance v1".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] RESERVED_LABEL =
      "belay reserved v1".getBytes(StandardCharsets.US_ASCII);

  private final byte[] macKey;
  private final byte[] serverNonce;
  private final long pairId;
  private final Mac mac;
  private boolean isDestroyed;

  /** The arrays are copied; 32 bytes of key, 16 of nonce. */
  public PairKeys(byte[] macKey, byte[] serverNonce, long pairId) {
    if (macKey.length != KEY_BYTES || serverNonce.length != NONCE_BYTES) {
      throw new IllegalArgumentException(
          "bad lengths: key=" + macKey.length + " nonce=" + serverNonce.length);
    }
    this.macKey = macKey.clone();
    this.serverNonce = serverNonce.clone();
    this.pairId = pairId;
    this.mac = Hkdf.hmac(macKey);
  }

  /** The name of the pair, chosen by the server. */
  public long pairId() {
    return pairId;
  }

  /** The server's nonce of this pair: a copy. */
  public byte[] serverNonce() {
    return serverNonce.clone();
  }

  /** The MAC of the parts, one after the other. */
  public byte[] mac16(byte[]... parts) {
    checkUsable();
    for (byte[] part : parts) {
      mac.update(part);
    }
    return Arrays.copyOf(mac.doFinal(), MAC_BYTES);
  }

  /**
   * Seals a session's key for one preface, or unseals it: key XOR HMAC-SHA-256(key of the pair,
   * "belay session v1", session, link number, kind). Used once, as the link number is.
   */
  public Bytes seal(Bytes sessionKey, SessionId session, long linkNumber, PrefaceKind kind) {
    ByteBuffer where = ByteBuffer.allocate(SessionId.BYTES + Long.BYTES + 1);
    where.putLong(session.high()).putLong(session.low());
    where.putLong(linkNumber).put((byte) kind.code());
    return xor(sessionKey, SESSION_LABEL, where.array());
  }

  /**
   * Seals the key of a session that may be opened from a reserved address, or unseals it: key XOR
   * HMAC-SHA-256(key of the pair, "belay reserved v1", session). Used once, as the session is.
   */
  public Bytes sealReserved(Bytes sessionKey, SessionId session) {
    ByteBuffer where = ByteBuffer.allocate(SessionId.BYTES);
    where.putLong(session.high()).putLong(session.low());
    return xor(sessionKey, RESERVED_LABEL, where.array());
  }

  /**
   * Seals a client JVM's key for its IDENTITY, or unseals it: key XOR HMAC-SHA-256(key of the pair,
   * "belay instance v1", pair id). Used once, as the key of the pair is.
   */
  Bytes sealInstance(Bytes instanceKey) {
    byte[] where = ByteBuffer.allocate(Long.BYTES).putLong(pairId).array();
    return xor(instanceKey, INSTANCE_LABEL, where);
  }

  private Bytes xor(Bytes key, byte[] label, byte[] where) {
    if (key.length() != KEY_BYTES) {
      throw new IllegalArgumentException("bad length of key: " + key.length());
    }
    checkUsable();
    mac.update(label);
    byte[] result = mac.doFinal(where);
    byte[] bytes = key.toArray();
    for (int i = 0; i < KEY_BYTES; i++) {
      result[i] ^= bytes[i];
    }
    return Bytes.copyOf(result);
  }

  /** Forgets the key; every MAC after this is an IllegalStateException. */
  public void destroy() {
    isDestroyed = true;
    Arrays.fill(macKey, (byte) 0);
    try {
      mac.init(new SecretKeySpec(macKey, Hkdf.HMAC));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("hmac refuses a key of " + KEY_BYTES + " bytes", e);
    }
  }

  /** The MAC of a data preface: over the server's nonce and the preface without its MAC. */
  byte[] macOfPreface(byte[] whole) {
    return macOf(serverNonce, whole);
  }

  /**
   * The MAC of a door's reply: over the number of the link it is for and the reply without its MAC.
   */
  byte[] macOfReply(byte[] whole, long linkNumber) {
    return macOf(ByteBuffer.allocate(Long.BYTES).putLong(linkNumber).array(), whole);
  }

  private byte[] macOf(byte[] prefix, byte[] whole) {
    checkUsable();
    mac.update(prefix);
    mac.update(whole, 0, whole.length - MAC_BYTES);
    return Arrays.copyOf(mac.doFinal(), MAC_BYTES);
  }

  private void checkUsable() {
    if (isDestroyed) {
      throw new IllegalStateException(
          "keys of pair " + Long.toHexString(pairId) + " are destroyed");
    }
  }

  /** The name of the pair; never a key. */
  @Override
  public String toString() {
    return "PairKeys[pairId=" + Long.toHexString(pairId) + "]";
  }
}
