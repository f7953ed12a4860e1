package dev.belay.agent.wire;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * An X25519 key of one handshake (RFC 7748), by the JDK's own provider. Public keys travel as the
 * raw 32 bytes of u, little-endian. Used once, by one thread.
 */
final class AgreementKey {

  static final int PUBLIC_BYTES = 32;

  private static final String ALGORITHM = "X25519";

  /** 2^255 - 19, the prime of the field. */
  private static final BigInteger PRIME =
      BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

  private final PrivateKey privateKey;
  private final byte[] publicKey;

  private AgreementKey(PrivateKey privateKey, byte[] publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** A new key. */
  static AgreementKey generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
      generator.initialize(NamedParameterSpec.X25519, random);
      KeyPair pair = generator.generateKeyPair();
      return new AgreementKey(pair.getPrivate(), toRaw(((XECPublicKey) pair.getPublic()).getU()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this jdk has no " + ALGORITHM, e);
    }
  }

  /** The key of a known scalar: for test vectors. */
  static AgreementKey of(byte[] scalar) throws GeneralSecurityException {
    PrivateKey privateKey =
        KeyFactory.getInstance(ALGORITHM)
            .generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar));
    return new AgreementKey(privateKey, multiply(privateKey, BigInteger.valueOf(9)));
  }

  /** To be sent to the peer. */
  Bytes publicKey() {
    return Bytes.copyOf(publicKey);
  }

  /**
   * The shared secret. Rejects a key that is not a reduced coordinate, and one of small order, with
   * which anybody could have the same secret (RFC 7748 section 6.1: all zero).
   */
  byte[] agree(Bytes peerPublicKey) throws FrameFormatException {
    BigInteger u = fromRaw(peerPublicKey.toArray());
    if (u.compareTo(PRIME) >= 0) {
      throw new FrameFormatException("public key is not reduced: " + peerPublicKey);
    }
    try {
      byte[] shared = multiply(privateKey, u);
      checkNotZero(shared, peerPublicKey);
      return shared;
    } catch (InvalidKeyException e) {
      throw new FrameFormatException("public key is of small order: " + peerPublicKey, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this jdk has no " + ALGORITHM, e);
    }
  }

  private static byte[] multiply(PrivateKey privateKey, BigInteger u)
      throws GeneralSecurityException {
    PublicKey publicKey =
        KeyFactory.getInstance(ALGORITHM)
            .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u));
    KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM);
    agreement.init(privateKey);
    agreement.doPhase(publicKey, true);
    return agreement.generateSecret();
  }

  private static void checkNotZero(byte[] shared, Bytes peerPublicKey) throws FrameFormatException {
    int bits = 0;
    for (byte b : shared) {
      bits |= b;
    }
    if (bits == 0) {
      throw new FrameFormatException("public key is of small order: " + peerPublicKey);
    }
  }

  private static byte[] toRaw(BigInteger u) {
    byte[] bigEndian = u.toByteArray();
    byte[] raw = new byte[PUBLIC_BYTES];
    for (int i = 0; i < Math.min(bigEndian.length, PUBLIC_BYTES); i++) {
      raw[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return raw;
  }

  private static BigInteger fromRaw(byte[] raw) {
    byte[] bigEndian = Arrays.copyOf(raw, raw.length);
    for (int i = 0; i < raw.length; i++) {
      bigEndian[i] = raw[raw.length - 1 - i];
    }
    return new BigInteger(1, bigEndian);
  }
}
