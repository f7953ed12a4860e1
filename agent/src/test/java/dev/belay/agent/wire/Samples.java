package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** The values of the examples in docs/protocol.md. */
final class Samples {

  static final byte[] MAC_KEY = range(0x00, PairKeys.KEY_BYTES);
  static final byte[] SERVER_NONCE = range(0xa0, PairKeys.NONCE_BYTES);
  static final byte[] CLIENT_NONCE = range(0xc0, PairKeys.NONCE_BYTES);
  static final long PAIR = 0x1122334455667788L;
  static final long LINK = 7;
  static final SessionId SESSION = new SessionId(0x0123456789abcdefL, 0xfedcba9876543210L);
  static final int EPOCH = 3;
  static final long POSITION = 123_456_789;
  static final long FINAL_POSITION = 66_536;
  static final List<String> MEMBERS = List.of("10.0.0.1:7001@7401/0.25", "10.0.0.2:7001@7401/0.50");

  static final Bytes SESSION_KEY = Bytes.copyOf(range(0x40, PairKeys.KEY_BYTES));
  static final Bytes CLIENT_INSTANCE_KEY = Bytes.copyOf(range(0x60, Handshake.INSTANCE_KEY_BYTES));
  static final Bytes CLIENT_INSTANCE = Bytes.copyOf(hex("4d8d274ff7e176af977a95a0055c8c5f"));
  static final Bytes SERVER_INSTANCE = Bytes.copyOf(range(0x20, ClientHello.INSTANCE_BYTES));
  static final byte[] SECRET = "correct horse battery staple".getBytes(StandardCharsets.US_ASCII);
  static final byte[] NO_SECRET = {};

  /** The keys of Alice and Bob in RFC 7748 section 6.1; Alice is the client. */
  static final byte[] CLIENT_SCALAR =
      hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");

  static final byte[] SERVER_SCALAR =
      hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  static final byte[] CLIENT_PUBLIC =
      hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  static final byte[] SERVER_PUBLIC =
      hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  static final byte[] SHARED =
      hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");

  static final OpenPreface OPEN =
      new OpenPreface(
          PAIR,
          LINK,
          SESSION,
          EPOCH,
          Bytes.copyOf(hex("884bafbfc66796ac31f85f7f1961d78a702d8f103a1b2b7a32d76496f60231b6")),
          "orders");
  static final ResumePreface RESUME =
      new ResumePreface(
          PAIR,
          LINK,
          SESSION,
          EPOCH,
          Bytes.copyOf(hex("a954efe84cd9a3b05728fbff13275fa75313e54cec496d9756524fcde3538a14")),
          "orders",
          true,
          false,
          false,
          true,
          POSITION,
          0xe3069283,
          1000,
          FINAL_POSITION,
          "192.0.2.10:51234");

  static final Frame.Reserve RESERVE =
      new Frame.Reserve(
          SESSION,
          EPOCH,
          Bytes.copyOf(hex("060c6626e92ee5cbb2e523b22aa15dd7b93ab0a32fc2c9f726830ba7e50200b2")),
          "orders",
          "192.0.2.10:51234",
          "192.0.2.10:51200>192.0.2.1:7400");

  private Samples() {}

  static PairKeys keys() {
    return new PairKeys(MAC_KEY, SERVER_NONCE, PAIR);
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
  }

  private static byte[] range(int first, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return bytes;
  }
}
