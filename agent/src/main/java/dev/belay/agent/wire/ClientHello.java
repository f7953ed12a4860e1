package dev.belay.agent.wire;

/**
 * What a client sends first on a control link.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                  preface header, kind 3, 8 bytes              |  0
 * +---------------------------------------------------------------+
 * |                     instance id, 16 bytes                     |  8
 * +---------------------------------------------------------------+
 * |                  X25519 public key, 32 bytes                  | 24
 * +---------------------------------------------------------------+
 * |                     client nonce, 16 bytes                    | 56
 * +-------------+-+---------------+-------------------------------+
 * |      0      |S|    length n   |  client name, n bytes, 0..64  | 72
 * +-------------+-+---------------+-------------------------------+
 * </pre>
 *
 * @param instanceId of the client JVM: of the key made when its agent started, see {@link
 *     Handshake#instanceOf}
 * @param publicKey little-endian u coordinate, RFC 7748 section 5; made for this link only
 * @param nonce 16 random bytes made for this link
 * @param hasSecret S: a secret is configured
 * @param clientName for the server's log
 */
public record ClientHello(
    Bytes instanceId, Bytes publicKey, Bytes nonce, boolean hasSecret, String clientName) {

  /** Longest name of a client, in bytes of UTF-8. */
  public static final int MAX_NAME_BYTES = 64;

  /** Length of the id of a JVM. */
  public static final int INSTANCE_BYTES = 16;

  private static final int HAS_SECRET = 1;

  /** The hello on the wire. */
  public byte[] encode() {
    FieldWriter out = PrefaceHeader.begin(PrefaceKind.CONTROL);
    out.bytes("instance id", instanceId, INSTANCE_BYTES);
    out.bytes("public key", publicKey, AgreementKey.PUBLIC_BYTES);
    out.bytes("client nonce", nonce, PairKeys.NONCE_BYTES);
    out.u8("flags", hasSecret ? HAS_SECRET : 0);
    out.text("client name", clientName, 0, MAX_NAME_BYTES);
    return out.toWhole(0);
  }

  /** The hello in these bytes. */
  public static ClientHello decode(byte[] wholePreface) throws FrameFormatException {
    FieldReader in = PrefaceHeader.fieldsOf(wholePreface, PrefaceKind.CONTROL, 0);
    ClientHello hello =
        new ClientHello(
            in.bytes("instance id", INSTANCE_BYTES),
            in.bytes("public key", AgreementKey.PUBLIC_BYTES),
            in.bytes("client nonce", PairKeys.NONCE_BYTES),
            in.flags(HAS_SECRET) != 0,
            in.text("client name", 0, MAX_NAME_BYTES));
    in.end();
    return hello;
  }
}
