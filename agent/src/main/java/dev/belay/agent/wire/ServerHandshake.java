package dev.belay.agent.wire;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The server's side of one handshake, already finished: send {@link #reply}, keep the {@link
 * #keys}; if a {@link #isProofRequired proof is required}, the link's first frame has to be the
 * right one, and the next one the right {@link #isIdentifiedBy identity}. Immutable but for the
 * keys.
 */
public final class ServerHandshake {

  private final ClientHello clientHello;
  private final byte[] reply;
  private final PairKeys keys;
  private final Bytes expectedProof;

  private ServerHandshake(
      ClientHello clientHello, byte[] reply, PairKeys keys, Bytes expectedProof) {
    this.clientHello = clientHello;
    this.reply = reply;
    this.keys = keys;
    this.expectedProof = expectedProof;
  }

  /**
   * Answers a client hello. One that is malformed, or does not fit as to the secret, costs no key.
   *
   * @param wholePreface the client hello
   * @param instanceId of this JVM
   * @param pairId not in use at this door
   * @param secret no bytes if none is configured
   * @throws HandshakeException one side has a secret and the other has none; its reason is to be
   *     sent as {@link #refusal}
   */
  public static ServerHandshake accept(
      byte[] wholePreface, Bytes instanceId, long pairId, byte[] secret, SecureRandom random)
      throws FrameFormatException, HandshakeException {
    ClientHello client = ClientHello.decode(wholePreface);
    checkSecret(client, secret.length > 0);
    Bytes nonce = Bytes.random(PairKeys.NONCE_BYTES, random);
    AgreementKey key = AgreementKey.generate(random);
    Bytes noProof =
        secret.length == 0 ? Bytes.EMPTY : Bytes.copyOf(new byte[Handshake.PROOF_BYTES]);
    return accept(
        wholePreface,
        new ServerHello.Accepted(instanceId, key.publicKey(), nonce, pairId, noProof),
        key,
        secret);
  }

  private static void checkSecret(ClientHello client, boolean isRequired)
      throws HandshakeException {
    if (client.hasSecret() != isRequired) {
      throw new HandshakeException(
          Refusal.SECRET_REQUIRED,
          "secret configured: here=" + isRequired + " there=" + client.hasSecret());
    }
  }

  /** The hello has zeros for a proof, or no proof; the client's fits it. */
  static ServerHandshake accept(
      byte[] wholePreface, ServerHello.Accepted hello, AgreementKey key, byte[] secret)
      throws FrameFormatException {
    ClientHello client = ClientHello.decode(wholePreface);
    byte[] shared = key.agree(client.publicKey());
    PairKeys keys = Handshake.derive(shared, client.nonce(), hello.nonce(), hello.pairId(), secret);
    byte[] reply = hello.encode();
    if (!hello.isSecretRequired()) {
      return new ServerHandshake(client, reply, keys, Bytes.EMPTY);
    }
    putProof(reply, secret, wholePreface);
    Bytes expectedProof = Handshake.clientProof(secret, wholePreface, reply);
    return new ServerHandshake(client, reply, keys, expectedProof);
  }

  private static void putProof(byte[] reply, byte[] secret, byte[] clientHello) {
    int offset = reply.length - Handshake.PROOF_BYTES;
    byte[] noProof = Arrays.copyOf(reply, offset);
    byte[] proof = Handshake.serverProof(secret, clientHello, noProof).toArray();
    System.arraycopy(proof, 0, reply, offset, proof.length);
  }

  /** The refusal to be sent before a link without a pair is closed. */
  public static byte[] refusal(Refusal refusal, String text) {
    return new ServerHello.Refused(refusal.code(), text).encode();
  }

  /** What the client said. */
  public ClientHello clientHello() {
    return clientHello;
  }

  /** The server hello to be sent. */
  public byte[] reply() {
    return reply.clone();
  }

  /** The keys of the pair. */
  public PairKeys keys() {
    return keys;
  }

  /** Whether no frame may be obeyed before the right proof. */
  public boolean isProofRequired() {
    return expectedProof.length() > 0;
  }

  /** Whether this proves that the client knows the secret; constant time. */
  public boolean isProvenBy(Bytes proof) {
    return isProofRequired() && expectedProof.equals(proof);
  }

  /** Whether this shows that the client is the JVM whose id it named; constant time. */
  public boolean isIdentifiedBy(Bytes identity) {
    return Handshake.instanceOf(keys.sealInstance(identity)).equals(clientHello.instanceId());
  }
}
