package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * What both sides of a handshake compute alike: the keys of the pair and the proofs of the secret.
 * {@link ClientHandshake} and {@link ServerHandshake} use it. A secret of no bytes is none.
 * Stateless.
 */
public final class Handshake {

  /** Length of a proof: HMAC-SHA-256. */
  public static final int PROOF_BYTES = 32;

  /** Length of a client JVM's key, of which its instance id is made. */
  public static final int INSTANCE_KEY_BYTES = PairKeys.KEY_BYTES;

  private static final byte[] KEY_INFO = ascii("belay pair v1");
  private static final byte[] SERVER_LABEL = ascii("belay server");
  private static final byte[] CLIENT_LABEL = ascii("belay client");

  private Handshake() {}

  /**
   * The keys: HKDF-SHA-256 with ikm = shared secret of X25519, and SHA-256 of the configured secret
   * behind it if there is one; salt = client nonce, server nonce; info = "belay pair v1".
   */
  public static PairKeys derive(
      byte[] shared, Bytes clientNonce, Bytes serverNonce, long pairId, byte[] secret) {
    byte[] ikm = secret.length == 0 ? shared.clone() : concat(shared, sha256(secret));
    byte[] salt = concat(clientNonce.toArray(), serverNonce.toArray());
    byte[] key = Hkdf.derive(ikm, salt, KEY_INFO, PairKeys.KEY_BYTES);
    try {
      return new PairKeys(key, serverNonce.toArray(), pairId);
    } finally {
      Arrays.fill(ikm, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  /** HMAC-SHA-256(secret, "belay server", whole client hello, server hello without its proof). */
  public static Bytes serverProof(byte[] secret, byte[] clientHello, byte[] serverHelloNoProof) {
    return proof(secret, SERVER_LABEL, clientHello, serverHelloNoProof);
  }

  /** HMAC-SHA-256(secret, "belay client", whole client hello, whole server hello). */
  public static Bytes clientProof(byte[] secret, byte[] clientHello, byte[] serverHello) {
    return proof(secret, CLIENT_LABEL, clientHello, serverHello);
  }

  /** The id of the client JVM of that key: the first 16 bytes of its SHA-256. */
  public static Bytes instanceOf(Bytes instanceKey) {
    return Bytes.copyOf(sha256(instanceKey.toArray()), 0, ClientHello.INSTANCE_BYTES);
  }

  /**
   * The id of the session with that key: the first 16 bytes of its SHA-256. So only who has the key
   * can use the name.
   */
  public static SessionId sessionOf(Bytes sessionKey) {
    ByteBuffer hash = ByteBuffer.wrap(sha256(sessionKey.toArray()));
    return new SessionId(hash.getLong(), hash.getLong());
  }

  private static Bytes proof(byte[] secret, byte[] label, byte[] first, byte[] second) {
    Mac mac = Hkdf.hmac(secret);
    mac.update(label);
    mac.update(first);
    mac.update(second);
    return Bytes.copyOf(mac.doFinal());
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this jdk has no SHA-256", e);
    }
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] ascii(String label) {
    return label.getBytes(StandardCharsets.US_ASCII);
  }
}
