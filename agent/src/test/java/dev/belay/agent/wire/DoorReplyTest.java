package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which answers of a door a client believes. */
final class DoorReplyTest {

  private final PairKeys keys = Samples.keys();

  @Test
  void shouldBelieveTheReplyForItsOwnLinkOnly() {
    byte[] reply = DoorReply.resumed(5, 9, false).encode(keys, 7);

    assertThat(DoorReply.verify(reply, keys, 7)).isTrue();
    assertThat(DoorReply.verify(reply, keys, 8)).isFalse();
  }

  @Test
  void shouldNotBelieveTheReplyOfAnotherPair() {
    PairKeys other = new PairKeys(new byte[32], Samples.SERVER_NONCE, Samples.PAIR);

    byte[] reply = DoorReply.opened().encode(keys, 7);

    assertThat(DoorReply.verify(reply, other, 7)).isFalse();
  }

  @Test
  void shouldBelieveNoPrefaceReflectedAsAReply() {
    byte[] preface = Samples.OPEN.encode(keys);

    assertThat(DoorReply.verify(preface, keys, Samples.LINK)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(DoorReply.Code.class)
  void shouldBelieveNoReplyWithoutAMacButARefusal(DoorReply.Code code) {
    boolean isRefused = code == DoorReply.Code.REFUSED;
    byte[] reply =
        new DoorReply(code, 0, -1, false, isRefused ? Refusal.BUSY.code() : 0, "").encode(keys, 7);

    Arrays.fill(reply, reply.length - PairKeys.MAC_BYTES, reply.length, (byte) 0);

    assertThat(DoorReply.verify(reply, keys, 7)).isEqualTo(isRefused);
  }

  @ParameterizedTest
  @EnumSource
  void shouldBelieveARefusalWithoutAMacOnlyIfItIsNoVerdictOnTheSession(Refusal refusal) {
    byte[] reply = DoorReply.refused(refusal, "").encode(keys, 7);

    Arrays.fill(reply, reply.length - PairKeys.MAC_BYTES, reply.length, (byte) 0);

    assertThat(DoorReply.verify(reply, keys, 7)).isEqualTo(refusal.isAllowedUnsigned());
  }

  @Test
  void shouldSendNothingUnsignedThatWouldNotBeBelieved() {
    assertThatIllegalArgumentException().isThrownBy(() -> DoorReply.opened().encodeUnsigned());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DoorReply.refused(Refusal.DIVERGED, "").encodeUnsigned());
    assertThat(DoorReply.verify(DoorReply.refused(Refusal.BUSY, "").encodeUnsigned(), keys, 1))
        .isTrue();
  }

  @Test
  void shouldNotVerifyWhatIsTooShortToHaveAMac() {
    byte[] reply = DoorReply.opened().encode(keys, 7);

    for (int length = 0; length < reply.length; length++) {
      assertThat(DoorReply.verify(Arrays.copyOf(reply, length), keys, 7)).isFalse();
    }
  }

  @Test
  void shouldKeepTheReasonOfANewerPeer() throws FrameFormatException {
    DoorReply reply = new DoorReply(DoorReply.Code.REFUSED, 0, -1, false, 40_000, "new");

    DoorReply decoded = DoorReply.decode(reply.encode(keys, 7));

    assertThat(decoded.reason()).isEqualTo(40_000);
    assertThat(Refusal.of(decoded.reason())).isEqualTo(Refusal.UNSPECIFIED);
  }

  @Test
  void shouldCutATextThatIsTooLong() throws FrameFormatException {
    DoorReply reply = DoorReply.refused(Refusal.DIVERGED, "\u20ac\n".repeat(100));

    assertThat(reply.text()).isEqualTo("\u20ac?".repeat(50));
    assertThat(DoorReply.decode(reply.encode(keys, 7))).isEqualTo(reply);
  }

  @Test
  void shouldHaveAReasonOnlyIfRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DoorReply(DoorReply.Code.OPENED, 0, -1, false, 1, ""))
        .withMessage("OPENED has a reason: 1 ");
    byte[] reply = DoorReply.opened().encode(keys, 7);
    reply[26] = 1;
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> DoorReply.decode(reply))
        .withMessage("OPENED has a reason: 1");
  }

  @Test
  void shouldReadTheHeaderOfAGrowingBufferWithoutTakingIt() throws FrameFormatException {
    ByteBuffer buffer = ByteBuffer.wrap(DoorReply.opened().encode(keys, 7));

    ReplyHeader header = ReplyHeader.decode(buffer);

    assertThat(header).isEqualTo(new ReplyHeader(1, 44));
    assertThat(buffer.position()).isZero();
  }

  @Test
  void shouldRejectAHeaderThatIsNotOne() {
    assertHeaderRejected("42454c590101002c", "bad magic: 0x42454c59");
    assertHeaderRejected("42454c410001002c", "unknown version: 0");
    assertHeaderRejected("42454c410101000a", "bad length of reply: 10");
    assertHeaderRejected("42454c4101010201", "bad length of reply: 513");
    assertHeaderRejected("42454c", "reply header is short: 3 bytes");
  }

  private static void assertHeaderRejected(String hex, String message) {
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> ReplyHeader.decode(ByteBuffer.wrap(Samples.hex(hex))))
        .withMessage(message);
  }
}
