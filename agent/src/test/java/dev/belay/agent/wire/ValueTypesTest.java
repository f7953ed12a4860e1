package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The small values of the protocol: ids, byte strings, codes, turn headers, texts. */
final class ValueTypesTest {

  @Test
  void shouldNameASessionByTheHashOfItsKey() {
    byte[] key = new byte[32];

    SessionId id = Handshake.sessionOf(Bytes.copyOf(key));

    assertThat(id).hasToString("66687aadf862bd776c8fc18b8e9f8e20"); // sha256sum of 32 zeros
  }

  @Test
  void shouldWriteASessionIdAsOnTheWire() {
    assertThat(Samples.SESSION).hasToString("0123456789abcdeffedcba9876543210");
    assertThat(Samples.SESSION.shortString()).isEqualTo("01234567");
    assertThat(SessionId.ZERO).hasToString("0".repeat(32));
  }

  @Test
  void shouldCompareSessionIdsByBothHalves() {
    assertThat(new SessionId(1, 2)).isEqualTo(new SessionId(1, 2));
    assertThat(new SessionId(1, 2)).hasSameHashCodeAs(new SessionId(1, 2));
    assertThat(new SessionId(1, 2)).isNotEqualTo(new SessionId(1, 3));
    assertThat(new SessionId(1, 2)).isNotEqualTo(new SessionId(3, 2));
  }

  @Test
  void shouldCompareBytesByContent() {
    Bytes bytes = Bytes.copyOf(new byte[] {1, (byte) 0xff});

    assertThat(bytes).isEqualTo(Bytes.copyOf(new byte[] {1, (byte) 0xff}));
    assertThat(bytes).hasSameHashCodeAs(Bytes.copyOf(new byte[] {1, (byte) 0xff}));
    assertThat(bytes).isNotEqualTo(Bytes.copyOf(new byte[] {1})).isNotEqualTo(Bytes.EMPTY);
    assertThat(bytes).hasToString("01ff");
  }

  @Test
  void shouldNotLetBytesBeChangedFromOutside() {
    byte[] array = {1, 2};
    Bytes bytes = Bytes.copyOf(array);

    array[0] = 9;
    bytes.toArray()[1] = 9;

    assertThat(bytes.toArray()).containsExactly(1, 2);
  }

  @Test
  void shouldNotLetTheMembersOfAGroupBeChangedFromOutside() {
    List<String> members = new ArrayList<>(List.of("a"));
    Frame.Group group = new Frame.Group("s", members);

    members.add("b");

    assertThat(group.members()).containsExactly("a");
  }

  @Test
  void shouldNumberRefusalsAsTheyAreListed() {
    int code = 0;
    for (Refusal refusal : Refusal.values()) {
      assertThat(refusal.code()).isEqualTo(code++);
      assertThat(Refusal.of(refusal.code())).isEqualTo(refusal);
    }
    assertThat(Refusal.of(-1)).isEqualTo(Refusal.UNSPECIFIED);
    assertThat(Refusal.of(65_535)).isEqualTo(Refusal.UNSPECIFIED);
  }

  @Test
  void shouldNumberFrameTypesAsTheyAreListed() {
    int code = 1;
    for (FrameType type : FrameType.values()) {
      assertThat(type.code()).isEqualTo(code++);
      assertThat(FrameType.of(type.code())).isEqualTo(type);
    }
    assertThat(FrameType.isKnown(0)).isFalse();
    assertThat(FrameType.isKnown(FrameType.values().length + 1)).isFalse();
  }

  @Test
  void shouldTakeATurnHeaderOffTheBuffer() throws FrameFormatException {
    ByteBuffer buffer = ByteBuffer.allocate(40).position(3);

    new TurnHeader(TurnHeader.MAX_LENGTH, Long.MAX_VALUE).encode(buffer);
    new TurnHeader(0, 0).encode(buffer);
    buffer.flip().position(3);

    assertThat(TurnHeader.decode(buffer)).isEqualTo(new TurnHeader(65_536, Long.MAX_VALUE));
    assertThat(TurnHeader.decode(buffer).isEnd()).isTrue();
    assertThat(buffer.hasRemaining()).isFalse();
  }

  @Test
  void shouldRejectATurnThatCannotBe() {
    assertTurnRejected("00010001 0000000000000000", "bad turn: length=65537 out position=0");
    assertTurnRejected("ffffffff 0000000000000000", "bad turn: length=4294967295 out position=0");
    assertTurnRejected("00000001 ffffffffffffffff", "bad turn: length=1 out position=-1");
    assertThatIllegalArgumentException().isThrownBy(() -> new TurnHeader(65_537, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new TurnHeader(-1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new TurnHeader(1, -1));
  }

  private static void assertTurnRejected(String hex, String message) {
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> TurnHeader.decode(ByteBuffer.wrap(Samples.hex(hex))))
        .withMessage(message);
  }

  @Test
  void shouldCutDiagnosticTextAtTheBorderOfACharacter() {
    String emoji = "\ud83d\ude00";

    assertThat(WireText.diagnostic("fine")).isEqualTo("fine");
    assertThat(WireText.diagnostic("x".repeat(198) + emoji)).isEqualTo("x".repeat(198));
    assertThat(WireText.diagnostic("x".repeat(196) + emoji)).isEqualTo("x".repeat(196) + emoji);
    assertThat(WireText.diagnostic("\u00e4".repeat(101))).isEqualTo("\u00e4".repeat(100));
  }

  @Test
  void shouldReplaceWhatCannotBeSent() {
    assertThat(WireText.diagnostic("a\r\n\u0085\ud83db\ude00")).isEqualTo("a????b?");
  }

  @Test
  void shouldSendAnyTextOnceItIsDiagnostic() throws FrameFormatException {
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(250); i > 0; i--) {
        text.append((char) (random.nextInt(1 << 16) >> random.nextInt(16)));
      }

      String diagnostic = WireText.diagnostic(text.toString());
      byte[] bytes = WireText.encode("text", diagnostic);

      assertThat(bytes.length).as("seed=%d", seed).isLessThanOrEqualTo(200);
      assertThat(WireText.decode("text", bytes, 0, bytes.length))
          .as("seed=%d", seed)
          .isEqualTo(diagnostic);
    }
  }
}
