package dev.belay.agent.wire;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The client's side of one handshake: send {@link #hello}, give the answer to {@link #finish}, send
 * the {@link #proof} as the first frame if there is one, then the {@link #identity}. Used once, by
 * one thread.
 */
public final class ClientHandshake {

  private final Bytes instanceKey;
  private final AgreementKey key;
  private final ClientHello hello;
  private final byte[] encodedHello;
  private final byte[] secret;
  private Bytes proof = Bytes.EMPTY;
  private Bytes identity = Bytes.EMPTY;

  /**
   * A handshake of the client JVM of that key and name; a secret of no bytes is none.
   *
   * @param instanceKey 32 random bytes, made when the agent started
   */
  public ClientHandshake(Bytes instanceKey, String clientName, byte[] secret, SecureRandom random) {
    this(
        instanceKey,
        clientName,
        secret,
        AgreementKey.generate(random),
        Bytes.random(PairKeys.NONCE_BYTES, random));
  }

  ClientHandshake(
      Bytes instanceKey, String clientName, byte[] secret, AgreementKey key, Bytes nonce) {
    this.instanceKey = instanceKey;
    this.key = key;
    this.secret = secret.clone();
    this.hello =
        new ClientHello(
            Handshake.instanceOf(instanceKey),
            key.publicKey(),
            nonce,
            secret.length > 0,
            clientName);
    this.encodedHello = hello.encode();
  }

  /** The client hello to be sent. */
  public byte[] hello() {
    return encodedHello.clone();
  }

  /** The keys of the pair, from the whole answer of the door. */
  public PairKeys finish(byte[] wholeReply) throws FrameFormatException, HandshakeException {
    ServerHello reply = ServerHello.decode(wholeReply);
    if (reply instanceof ServerHello.Refused refused) {
      throw new HandshakeException(
          refused.reason(),
          "refused: " + Refusal.of(refused.reason()).text() + " " + refused.text());
    }
    ServerHello.Accepted accepted = (ServerHello.Accepted) reply;
    checkSecret(accepted, wholeReply);
    byte[] shared = key.agree(accepted.publicKey());
    PairKeys keys =
        Handshake.derive(shared, hello.nonce(), accepted.nonce(), accepted.pairId(), secret);
    identity = keys.sealInstance(instanceKey);
    return keys;
  }

  private void checkSecret(ServerHello.Accepted accepted, byte[] wholeReply)
      throws HandshakeException {
    if (accepted.isSecretRequired() != hello.hasSecret()) {
      throw new HandshakeException(
          Refusal.SECRET_REQUIRED,
          "secret configured: here=" + hello.hasSecret() + " there=" + accepted.isSecretRequired());
    }
    if (!hello.hasSecret()) {
      return;
    }
    byte[] noProof = Arrays.copyOf(wholeReply, wholeReply.length - Handshake.PROOF_BYTES);
    if (!Handshake.serverProof(secret, encodedHello, noProof).equals(accepted.proof())) {
      throw new HandshakeException(Refusal.BAD_SECRET, "the server's proof of the secret is wrong");
    }
    proof = Handshake.clientProof(secret, encodedHello, wholeReply);
  }

  /** After {@link #finish}: what the first frame has to prove; empty if no secret is configured. */
  public Bytes proof() {
    return proof;
  }

  /** After {@link #finish}: what the next frame has to say, so that the link is admitted. */
  public Bytes identity() {
    return identity;
  }
}
