package dev.belay.agent.wire;

import static dev.belay.agent.wire.Samples.EPOCH;
import static dev.belay.agent.wire.Samples.FINAL_POSITION;
import static dev.belay.agent.wire.Samples.LINK;
import static dev.belay.agent.wire.Samples.MEMBERS;
import static dev.belay.agent.wire.Samples.POSITION;
import static dev.belay.agent.wire.Samples.SESSION;

import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/**
 * One example of everything that is sent, with its value and its bytes. The bytes were not made
 * with this package; docs/protocol.md shows the same ones, under the same name.
 */
@SuppressWarnings("ImmutableEnumChecker")
enum Golden {
  OPEN_PREFACE(
      Samples.OPEN,
      Codec.OPEN,
      """
      42454c5901010063112233445566778800000000000000070123456789abcdef
      fedcba987654321000000003884bafbfc66796ac31f85f7f1961d78a702d8f10
      3a1b2b7a32d76496f60231b6066f7264657273be482164bacbb8a8f657c7c3cc
      7392c6
      """),
  RESUME_PREFACE(
      Samples.RESUME,
      Codec.RESUME,
      """
      42454c5901020091112233445566778800000000000000070123456789abcdef
      fedcba987654321000000003a954efe84cd9a3b05728fbff13275fa75313e54c
      ec496d9756524fcde3538a1400000000075bcd15e306928300000000000003e8
      00000000000103e805066f7264657273103139322e302e322e31303a35313233
      344ad60f102ca367eb39a97146d67d9cc5
      """),
  REPLY_OPENED(
      DoorReply.opened(),
      Codec.REPLY,
      """
      42454c410101002c0000000000000000ffffffffffffffff0000000038dfa310
      87f605a360506ab973ba0834
      """),
  REPLY_RESUMED(
      DoorReply.resumed(1000, DoorReply.UNKNOWN, false),
      Codec.REPLY,
      """
      42454c410102002c00000000000003e8ffffffffffffffff0000000092bb18ab
      e3c5c6fe964573ee2428dbf0
      """),
  REPLY_REPLAY(
      DoorReply.replay(4096, 200_000, true),
      Codec.REPLY,
      """
      42454c410103002c00000000000010000000000000030d40010000006c1e9ff4
      e731ba3651152094a1a87c16
      """),
  REPLY_REFUSED(
      DoorReply.refused(Refusal.STALE_EPOCH, "theirs=3 ours=4"),
      Codec.REPLY,
      """
      42454c410180003b0000000000000000ffffffffffffffff0000050f74686569
      72733d33206f7572733d34a1dbac2849a4024b918e0196a300301e
      """),
  REPLY_REFUSED_UNSIGNED(
      DoorReply.refused(Refusal.UNKNOWN_PAIR, ""),
      Codec.UNSIGNED_REPLY,
      """
      42454c410180002c0000000000000000ffffffffffffffff0000040000000000
      000000000000000000000000
      """),
  TURN_HEADER(
      new TurnHeader(1460, POSITION),
      Codec.TURN,
      """
      000005b400000000075bcd15
      """),
  TURN_END(
      new TurnHeader(0, 0),
      Codec.TURN,
      """
      000000000000000000000000
      """),
  CLIENT_HELLO(
      clientHello(false),
      Codec.CLIENT_HELLO,
      """
      42454c59010300524d8d274ff7e176af977a95a0055c8c5f8520f0098930a754
      748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6ac0c1c2c3c4c5c6c7
      c8c9cacbcccdcecf0008636c69656e742d31
      """),
  SERVER_HELLO(
      serverHello(""),
      Codec.SERVER_HELLO,
      """
      42454c4101010051202122232425262728292a2b2c2d2e2fde9edb7d7b7dc1b4
      d35b61c2ece435373f8343c85b78674dadfc7e146f882b4fa0a1a2a3a4a5a6a7
      a8a9aaabacadaeaf112233445566778800
      """),
  CLIENT_HELLO_SECRET(
      clientHello(true),
      Codec.CLIENT_HELLO,
      """
      42454c59010300524d8d274ff7e176af977a95a0055c8c5f8520f0098930a754
      748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6ac0c1c2c3c4c5c6c7
      c8c9cacbcccdcecf0108636c69656e742d31
      """),
  SERVER_HELLO_SECRET(
      serverHello("f828727758ffeb8896fee4918b3a34e0e61e45291635ed36536c6818860b5fee"),
      Codec.SERVER_HELLO,
      """
      42454c4101010071202122232425262728292a2b2c2d2e2fde9edb7d7b7dc1b4
      d35b61c2ece435373f8343c85b78674dadfc7e146f882b4fa0a1a2a3a4a5a6a7
      a8a9aaabacadaeaf112233445566778801f828727758ffeb8896fee4918b3a34
      e0e61e45291635ed36536c6818860b5fee
      """),
  SERVER_HELLO_REFUSED(
      new ServerHello.Refused(Refusal.SECRET_REQUIRED.code(), "no entry"),
      Codec.SERVER_HELLO,
      """
      42454c4101800013000a086e6f20656e747279
      """),
  FRAME_HEARTBEAT(
      new Frame.Heartbeat(42),
      Codec.FRAME,
      """
      000801000000000000002a
      """),
  FRAME_RECEIVED(
      new Frame.Received(SESSION, EPOCH, POSITION),
      Codec.FRAME,
      """
      001c020123456789abcdeffedcba98765432100000000300000000075bcd15
      """),
  FRAME_DURABLE(
      new Frame.Durable(SESSION, EPOCH, FINAL_POSITION),
      Codec.FRAME,
      """
      001c030123456789abcdeffedcba98765432100000000300000000000103e8
      """),
  FRAME_SENT(
      new Frame.Sent(SESSION, EPOCH, POSITION),
      Codec.FRAME,
      """
      001c0c0123456789abcdeffedcba98765432100000000300000000075bcd15
      """),
  FRAME_COMPARE(
      new Frame.Compare(SESSION, EPOCH, POSITION, 0xe3069283),
      Codec.FRAME,
      """
      00200d0123456789abcdeffedcba98765432100000000300000000075bcd15e3
      069283
      """),
  FRAME_SWITCH(
      new Frame.Switch(SESSION, EPOCH, false, true, POSITION, 0xe3069283),
      Codec.FRAME,
      """
      00210e0123456789abcdeffedcba9876543210000000030400000000075bcd15
      e3069283
      """),
  FRAME_MOVED(
      new Frame.Moved(SESSION, EPOCH),
      Codec.FRAME,
      """
      00140f0123456789abcdeffedcba987654321000000003
      """),
  FRAME_STAYS(
      new Frame.Stays(SESSION, EPOCH, "no other server"),
      Codec.FRAME,
      """
      0024100123456789abcdeffedcba9876543210000000030f6e6f206f74686572
      20736572766572
      """),
  FRAME_NEAR(
      new Frame.Near(SESSION, EPOCH, FINAL_POSITION, POSITION),
      Codec.FRAME,
      """
      0024110123456789abcdeffedcba98765432100000000300000000000103e800
      000000075bcd15
      """),
  FRAME_END_KNOWN(
      new Frame.EndKnown(SESSION, EPOCH),
      Codec.FRAME,
      """
      0014120123456789abcdeffedcba987654321000000003
      """),
  FRAME_RESERVE(
      Samples.RESERVE,
      Codec.FRAME,
      """
      006c130123456789abcdeffedcba987654321000000003060c6626e92ee5cbb2
      e523b22aa15dd7b93ab0a32fc2c9f726830ba7e50200b2066f72646572731031
      39322e302e322e31303a35313233341f3139322e302e322e31303a3531323030
      3e3139322e302e322e313a37343030
      """),
  FRAME_RESERVED(
      new Frame.Reserved(SESSION, EPOCH),
      Codec.FRAME,
      """
      0014140123456789abcdeffedcba987654321000000003
      """),
  FRAME_RELEASE(
      new Frame.Release(SESSION, EPOCH),
      Codec.FRAME,
      """
      0014150123456789abcdeffedcba987654321000000003
      """),
  FRAME_RELEASED(
      new Frame.Released(SESSION, EPOCH),
      Codec.FRAME,
      """
      0014160123456789abcdeffedcba987654321000000003
      """),
  FRAME_FIN(
      new Frame.Fin(SESSION, EPOCH, true, FINAL_POSITION),
      Codec.FRAME,
      """
      001d040123456789abcdeffedcba9876543210000000030100000000000103e8
      """),
  FRAME_ABORT(
      new Frame.Abort(SESSION, EPOCH, Refusal.DIVERGED.code(), "at out=5"),
      Codec.FRAME,
      """
      001f050123456789abcdeffedcba9876543210000000030008086174206f7574
      3d35
      """),
  FRAME_GROUP(
      new Frame.Group("orders", MEMBERS),
      Codec.FRAME,
      """
      003806066f7264657273021731302e302e302e313a3730303140373430312f30
      2e32351731302e302e302e323a3730303140373430312f302e3530
      """),
  FRAME_MOVE(
      new Frame.Move(SessionId.ZERO, MEMBERS.get(1)),
      Codec.FRAME,
      """
      002807000000000000000000000000000000001731302e302e302e323a373030
      3140373430312f302e3530
      """),
  FRAME_LINK_LOST(
      new Frame.LinkLost(SESSION, EPOCH, POSITION),
      Codec.FRAME,
      """
      001c080123456789abcdeffedcba98765432100000000300000000075bcd15
      """),
  FRAME_GOODBYE(
      new Frame.Goodbye("shutting down"),
      Codec.FRAME,
      """
      000e090d7368757474696e6720646f776e
      """),
  FRAME_PROOF(
      new Frame.Proof(
          Bytes.copyOf(
              Samples.hex("8a22f113199ea05b96c37d7a8a13391fe5bfcce2f6af4f3221d56433034e04ea"))),
      Codec.FRAME,
      """
      00200a8a22f113199ea05b96c37d7a8a13391fe5bfcce2f6af4f3221d5643303
      4e04ea
      """),
  FRAME_IDENTITY(
      new Frame.Identity(
          Bytes.copyOf(
              Samples.hex("57a384423e18b7ba4a4d770ccf28304c2317ca3ba010e5bfd23fad75489acf14"))),
      Codec.FRAME,
      """
      00200b57a384423e18b7ba4a4d770ccf28304c2317ca3ba010e5bfd23fad7548
      9acf14
      """);

  private final Object value;
  private final Codec codec;
  private final byte[] bytes;

  Golden(Object value, Codec codec, String hex) {
    this.value = value;
    this.codec = codec;
    this.bytes = Samples.hex(hex);
  }

  Object value() {
    return value;
  }

  Codec codec() {
    return codec;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** Without the MAC, which decoding does not look at. */
  byte[] signedPart(byte[] whole) {
    return Arrays.copyOf(whole, Math.max(0, whole.length - codec.macBytes()));
  }

  String nameInDocs() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static ServerHello.Accepted serverHello(String proof) {
    return new ServerHello.Accepted(
        Samples.SERVER_INSTANCE,
        Bytes.copyOf(Samples.SERVER_PUBLIC),
        Bytes.copyOf(Samples.SERVER_NONCE),
        Samples.PAIR,
        Bytes.copyOf(Samples.hex(proof)));
  }

  private static ClientHello clientHello(boolean hasSecret) {
    return new ClientHello(
        Samples.CLIENT_INSTANCE,
        Bytes.copyOf(Samples.CLIENT_PUBLIC),
        Bytes.copyOf(Samples.CLIENT_NONCE),
        hasSecret,
        "client-1");
  }

  /** Both ways between a value and its bytes. */
  enum Codec {
    OPEN(PairKeys.MAC_BYTES) {
      @Override
      Object decode(byte[] bytes) throws FrameFormatException {
        return OpenPreface.decode(bytes);
      }

      @Override
      byte[] encode(Object value) {
        return ((OpenPreface) value).encode(Samples.keys());
      }

      @Override
      boolean verify(byte[] bytes) {
        return OpenPreface.verify(bytes, Samples.keys());
      }
    },
    RESUME(PairKeys.MAC_BYTES) {
      @Override
      Object decode(byte[] bytes) throws FrameFormatException {
        return ResumePreface.decode(bytes);
      }

      @Override
      byte[] encode(Object value) {
        return ((ResumePreface) value).encode(Samples.keys());
      }

      @Override
      boolean verify(byte[] bytes) {
        return ResumePreface.verify(bytes, Samples.keys());
      }
    },
    REPLY(PairKeys.MAC_BYTES) {
      @Override
      Object decode(byte[] bytes) throws FrameFormatException {
        return DoorReply.decode(bytes);
      }

      @Override
      byte[] encode(Object value) {
        return ((DoorReply) value).encode(Samples.keys(), LINK);
      }

      @Override
      boolean verify(byte[] bytes) {
        return DoorReply.verify(bytes, Samples.keys(), LINK);
      }
    },
    UNSIGNED_REPLY(PairKeys.MAC_BYTES) {
      @Override
      Object decode(byte[] bytes) throws FrameFormatException {
        return DoorReply.decode(bytes);
      }

      @Override
      byte[] encode(Object value) {
        return ((DoorReply) value).encode(Samples.keys(), LINK);
      }
    },
    TURN(0) {
      @Override
      Object decode(byte[] bytes) throws FrameFormatException {
        return TurnHeader.decode(ByteBuffer.wrap(bytes));
      }

      @Override
      byte[] encode(Object value) {
        ByteBuffer out = ByteBuffer.allocate(TurnHeader.HEADER_BYTES);
        ((TurnHeader) value).encode(out);
        return out.array();
      }
    },
    CLIENT_HELLO(0) {
      @Override
      Object decode(byte[] bytes) throws FrameFormatException {
        return ClientHello.decode(bytes);
      }

      @Override
      byte[] encode(Object value) {
        return ((ClientHello) value).encode();
      }
    },
    SERVER_HELLO(0) {
      @Override
      Object decode(byte[] bytes) throws FrameFormatException {
        return ServerHello.decode(bytes);
      }

      @Override
      byte[] encode(Object value) {
        return ((ServerHello) value).encode();
      }
    },
    FRAME(0) {
      /**
       * A frame that is not wholly there, or comes after one that is skipped, counts as rejected.
       */
      @Override
      Object decode(byte[] bytes) throws FrameFormatException {
        FrameReader reader = new FrameReader();
        reader.feed(bytes, 0, bytes.length);
        Frame frame = reader.next();
        if (frame == null || reader.skippedFrames() > 0) {
          throw new FrameFormatException("no frame in " + bytes.length + " bytes");
        }
        return frame;
      }

      @Override
      byte[] encode(Object value) {
        FrameWriter writer = new FrameWriter();
        writer.write((Frame) value);
        return Arrays.copyOf(writer.array(), writer.size());
      }
    };

    private final int macBytes;

    Codec(int macBytes) {
      this.macBytes = macBytes;
    }

    abstract Object decode(byte[] bytes) throws FrameFormatException;

    abstract byte[] encode(Object value);

    /** Whether the MAC is right; there is none here. */
    boolean verify(byte[] bytes) {
      return false;
    }

    int macBytes() {
      return macBytes;
    }

    boolean isSealed() {
      return macBytes > 0 && this != UNSIGNED_REPLY;
    }
  }
}
