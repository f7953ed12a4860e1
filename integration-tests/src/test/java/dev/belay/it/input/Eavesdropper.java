package dev.belay.it.input;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Somebody who has read all that others sent to the door, and now makes a pair with it that is
 * valid, but his own.
 *
 * <p>Hello and keys are those of {@code docs/protocol.md}, written down a second time.
 */
final class Eavesdropper {
  private static final String AGREEMENT = "X25519";
  private static final String HMAC = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 16;
  private static final int INSTANCE_OFFSET = 8;
  private static final int INSTANCE_BYTES = 16;
  private static final int KEY_OFFSET = 24;
  private static final int NONCE_OFFSET = 56;
  private static final int PAIR_OFFSET = 72;
  private static final int FLAGS_OFFSET = 80;
  private static final int HELLO_BYTES = 74;
  private static final int SERVER_HELLO_BYTES = 81;
  private static final int MAC_BYTES = 16;
  private static final byte IDENTITY = 11;
  private static final int FRAME_HEADER_BYTES = 3;

  private final KeyPair keys;
  private final byte[] nonce = new byte[NONCE_BYTES];
  private final byte[] instanceKey = new byte[KEY_BYTES];
  private final Stranger link;
  private final byte[] serverHello;

  /** Makes a pair over a connection that stays open. */
  Eavesdropper(Stranger link) throws GeneralSecurityException {
    this(link, null);
  }

  /** The same, posing as the client JVM with that id, or as himself. */
  Eavesdropper(Stranger link, byte[] othersInstance) throws GeneralSecurityException {
    this.link = link;
    this.keys = KeyPairGenerator.getInstance(AGREEMENT).generateKeyPair();
    ByteBuffer hello = ByteBuffer.wrap(Preface.empty(Preface.CONTROL, HELLO_BYTES).bytes());
    hello.position(INSTANCE_OFFSET);
    hello.put(othersInstance == null ? ownInstance() : othersInstance);
    hello.put(encoded((XECPublicKey) keys.getPublic())).put(nonce);
    this.serverHello = link.say(hello.array()).read(SERVER_HELLO_BYTES);
    link.say(identity());
  }

  private byte[] ownInstance() throws GeneralSecurityException {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(instanceKey);
    return Arrays.copyOf(hash, INSTANCE_BYTES);
  }

  private byte[] identity() throws GeneralSecurityException {
    byte[] label = "belay instance v1".getBytes(StandardCharsets.US_ASCII);
    byte[] sealed =
        hmac(pairKey(), label, Arrays.copyOfRange(serverHello, PAIR_OFFSET, FLAGS_OFFSET));
    for (int i = 0; i < KEY_BYTES; i++) {
      sealed[i] ^= instanceKey[i];
    }
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + KEY_BYTES);
    return frame.putShort((short) KEY_BYTES).put(IDENTITY).put(sealed).array();
  }

  /** The door has let him in: he is sent frames. */
  void awaitAdmission() {
    link.read(FRAME_HEADER_BYTES);
  }

  /** The instance id in a hello that was overheard. */
  static byte[] instanceIn(Preface hello) {
    return Arrays.copyOfRange(hello.bytes(), INSTANCE_OFFSET, KEY_OFFSET);
  }

  /** What was overheard, with this pair's id, link number and MAC. */
  Preface sealed(Preface overheard, long linkNumber) throws GeneralSecurityException {
    long pair = ByteBuffer.wrap(serverHello).getLong(PAIR_OFFSET);
    byte[] bytes = overheard.withPair(pair).withLinkNumber(linkNumber).bytes();
    byte[] body = Arrays.copyOf(bytes, bytes.length - MAC_BYTES);
    byte[] mac = hmac(pairKey(), serverNonce(), body);
    return new Preface(ByteBuffer.allocate(bytes.length).put(body).put(mac, 0, MAC_BYTES).array());
  }

  private byte[] pairKey() throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance(AGREEMENT);
    agreement.init(keys.getPrivate());
    agreement.doPhase(
        KeyFactory.getInstance(AGREEMENT)
            .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, serverKey())),
        true);
    byte[] extracted = hmac(concatenated(nonce, serverNonce()), agreement.generateSecret());
    byte[] info = "belay pair v1".getBytes(StandardCharsets.US_ASCII);
    return hmac(extracted, info, new byte[] {1});
  }

  private BigInteger serverKey() {
    byte[] key = Arrays.copyOfRange(serverHello, KEY_OFFSET, NONCE_OFFSET);
    return new BigInteger(1, reversed(key));
  }

  private byte[] serverNonce() {
    return Arrays.copyOfRange(serverHello, NONCE_OFFSET, PAIR_OFFSET);
  }

  private static byte[] encoded(XECPublicKey key) {
    byte[] number = reversed(key.getU().toByteArray());
    return Arrays.copyOf(number, KEY_BYTES);
  }

  private static byte[] hmac(byte[] key, byte[]... parts) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(HMAC);
    mac.init(new SecretKeySpec(key, HMAC));
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }

  private static byte[] concatenated(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
