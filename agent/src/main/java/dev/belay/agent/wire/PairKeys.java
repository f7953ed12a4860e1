package dev.belay.agent.wire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a client JVM and a server JVM share after their handshake: the key of every MAC between
 * them, the server's nonce, and the name under which the door finds them. Both ends of a pair have
 * equal ones. One thread, or the owner's lock.
 */
public final class PairKeys {

  /** Length of the key. */
  public static final int KEY_BYTES = 32;

  /** Length of a nonce. */
  public static final int NONCE_BYTES = 16;

  /** Length of a MAC: HMAC-SHA-256, its first 16 bytes (RFC 2104 section 5). */
  public static final int MAC_BYTES = 16;

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
