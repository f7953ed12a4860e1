package dev.belay.agent.wire;

/**
 * What a door answers to a {@link ClientHello}. Control frames follow an accepted one, nothing a
 * refused one.
 */
public sealed interface ServerHello {

  /** The hello on the wire. */
  byte[] encode();

  /** The hello in these bytes. */
  static ServerHello decode(byte[] wholeReply) throws FrameFormatException {
    int code = ReplyHeader.ofWhole(wholeReply).code();
    FieldReader in = new FieldReader(wholeReply, ReplyHeader.HEADER_BYTES, wholeReply.length);
    ServerHello hello =
        switch (code) {
          case Accepted.CODE -> Accepted.decode(in);
          case ReplyHeader.REFUSED -> Refused.decode(in);
          default -> throw new FrameFormatException("unknown code of server hello: " + code);
        };
    in.end();
    return hello;
  }

  /**
   * The pair exists.
   *
   * <pre>
   *  0                   1                   2                   3
   *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
   * +---------------------------------------------------------------+
   * |                  reply header, code 1, 8 bytes                |  0
   * +---------------------------------------------------------------+
   * |                     instance id, 16 bytes                     |  8
   * +---------------------------------------------------------------+
   * |                  X25519 public key, 32 bytes                  | 24
   * +---------------------------------------------------------------+
   * |                     server nonce, 16 bytes                    | 56
   * +---------------------------------------------------------------+
   * |                        pair id, 8 bytes                       | 72
   * +-------------+-+-----------------------------------------------+
   * |      0      |S|  if S: proof, 32 bytes                        | 80
   * +-------------+-+-----------------------------------------------+
   * </pre>
   *
   * @param instanceId of the server JVM
   * @param publicKey made for this link only
   * @param nonce 16 random bytes made for this link
   * @param pairId the name of the pair, unique at this door
   * @param proof that the server knows the secret, see {@link Handshake#serverProof}; empty if it
   *     has none (S not set)
   */
  record Accepted(Bytes instanceId, Bytes publicKey, Bytes nonce, long pairId, Bytes proof)
      implements ServerHello {

    static final int CODE = 1;

    private static final int SECRET_REQUIRED = 1;

    /** Whether the client has to prove the secret, too. */
    public boolean isSecretRequired() {
      return proof.length() > 0;
    }

    @Override
    public byte[] encode() {
      FieldWriter out = PrefaceHeader.begin(ReplyHeader.MAGIC, CODE);
      out.bytes("instance id", instanceId, ClientHello.INSTANCE_BYTES);
      out.bytes("public key", publicKey, AgreementKey.PUBLIC_BYTES);
      out.bytes("server nonce", nonce, PairKeys.NONCE_BYTES);
      out.i64(pairId);
      out.u8("flags", isSecretRequired() ? SECRET_REQUIRED : 0);
      out.bytes("proof", proof, isSecretRequired() ? Handshake.PROOF_BYTES : 0);
      return out.toWhole(0);
    }

    private static Accepted decode(FieldReader in) throws FrameFormatException {
      Bytes instanceId = in.bytes("instance id", ClientHello.INSTANCE_BYTES);
      Bytes publicKey = in.bytes("public key", AgreementKey.PUBLIC_BYTES);
      Bytes nonce = in.bytes("server nonce", PairKeys.NONCE_BYTES);
      long pairId = in.i64("pair id");
      boolean isSecretRequired = in.flags(SECRET_REQUIRED) != 0;
      Bytes proof = in.bytes("proof", isSecretRequired ? Handshake.PROOF_BYTES : 0);
      return new Accepted(instanceId, publicKey, nonce, pairId, proof);
    }
  }

  /**
   * There is no pair; the link is closed.
   *
   * <pre>
   *  0                   1                   2                   3
   *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
   * +---------------------------------------------------------------+
   * |                 reply header, code 128, 8 bytes               |  0
   * +-------------------------------+---------------+---------------+
   * |            reason             |    length n   |  text, 0..200 |  8
   * +-------------------------------+---------------+---------------+
   * </pre>
   *
   * @param reason the code of a {@link Refusal}
   * @param text for the log; cut to 200 bytes
   */
  record Refused(int reason, String text) implements ServerHello {

    /** Cuts the text to what can be sent. */
    public Refused {
      text = WireText.diagnostic(text);
    }

    @Override
    public byte[] encode() {
      FieldWriter out = PrefaceHeader.begin(ReplyHeader.MAGIC, ReplyHeader.REFUSED);
      out.u16("reason", reason);
      out.text("text", text, 0, WireText.MAX_DIAGNOSTIC_BYTES);
      return out.toWhole(0);
    }

    private static Refused decode(FieldReader in) throws FrameFormatException {
      return new Refused(in.u16("reason"), in.text("text", 0, WireText.MAX_DIAGNOSTIC_BYTES));
    }
  }
}
