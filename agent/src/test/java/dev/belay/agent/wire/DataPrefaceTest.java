package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a data link begins with: who may say so, and what is refused. */
final class DataPrefaceTest {

  private static final Bytes SEALED = Samples.OPEN.sealedKey();

  private final PairKeys keys = Samples.keys();
  private final byte[] open = Samples.OPEN.encode(keys);

  @Test
  void shouldVerifyWithTheKeysItWasMadeWith() {
    assertThat(OpenPreface.verify(open, keys)).isTrue();
    assertThat(ResumePreface.verify(Samples.RESUME.encode(keys), keys)).isTrue();
  }

  @Test
  void shouldUnsealTheKeyOfTheSession() {
    assertThat(Samples.OPEN.sessionKey(keys)).isEqualTo(Samples.SESSION_KEY);
    assertThat(Samples.RESUME.sessionKey(keys)).isEqualTo(Samples.SESSION_KEY);
  }

  @Test
  void shouldVerifyAgainAndAgain() {
    assertThat(OpenPreface.verify(open, keys)).isTrue();
    assertThat(OpenPreface.verify(open, keys)).isTrue();
  }

  @Test
  void shouldNotVerifyWithAnotherKey() {
    byte[] otherKey = Samples.MAC_KEY.clone();
    otherKey[31] ^= 1;

    PairKeys other = new PairKeys(otherKey, Samples.SERVER_NONCE, Samples.PAIR);

    assertThat(OpenPreface.verify(open, other)).isFalse();
  }

  @Test
  void shouldNotVerifyWithAnotherNonce() {
    byte[] otherNonce = Samples.SERVER_NONCE.clone();
    otherNonce[0] ^= 1;

    PairKeys other = new PairKeys(Samples.MAC_KEY, otherNonce, Samples.PAIR);

    assertThat(OpenPreface.verify(open, other)).isFalse();
  }

  @Test
  void shouldNotVerifyWhatIsTooShortToHaveAMac() {
    for (int length = 0; length < open.length; length++) {
      assertThat(OpenPreface.verify(Arrays.copyOf(open, length), keys)).isFalse();
    }
  }

  @Test
  void shouldTellItsPairBeforeItIsVerified() throws FrameFormatException {
    assertThat(OpenPreface.pairIdOf(open)).isEqualTo(Samples.PAIR);
    assertThat(ResumePreface.pairIdOf(Samples.RESUME.encode(keys))).isEqualTo(Samples.PAIR);
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> OpenPreface.pairIdOf(Arrays.copyOf(open, 20)))
        .withMessage("data preface is short: 20 bytes");
  }

  @Test
  void shouldDecodeEachKindAsItself() throws FrameFormatException {
    assertThat(DataPreface.decode(open)).isEqualTo(Samples.OPEN);
    assertThat(DataPreface.decode(Samples.RESUME.encode(keys))).isEqualTo(Samples.RESUME);
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> DataPreface.decode(Golden.CLIENT_HELLO.bytes()))
        .withMessage("preface of a control link on a data link");
  }

  @Test
  void shouldNotDecodeOneKindAsTheOther() {
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> ResumePreface.decode(open))
        .withMessage("preface is OPEN, not RESUME");
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> ClientHello.decode(open))
        .withMessage("preface is OPEN, not CONTROL");
  }

  @Test
  void shouldReadTheHeaderOfAGrowingBufferWithoutTakingIt() throws FrameFormatException {
    ByteBuffer buffer = ByteBuffer.wrap(open).order(ByteOrder.LITTLE_ENDIAN);

    PrefaceHeader header = PrefaceHeader.decode(buffer);

    assertThat(header).isEqualTo(new PrefaceHeader(PrefaceKind.OPEN, open.length));
    assertThat(buffer.position()).isZero();
  }

  @Test
  void shouldRejectAHeaderThatIsNotOne() {
    assertHeaderRejected("474554202f204854", "bad magic: 0x47455420");
    assertHeaderRejected("42454c5902010043", "unknown version: 2");
    assertHeaderRejected("42454c5901000043", "unknown preface kind: 0");
    assertHeaderRejected("42454c5901040043", "unknown preface kind: 4");
    assertHeaderRejected("42454c590101005d", "bad length of OPEN preface: 93");
    assertHeaderRejected("42454c590102007b", "bad length of RESUME preface: 123");
    assertHeaderRejected("42454c5901030049", "bad length of CONTROL preface: 73");
    assertHeaderRejected("42454c5901010201", "bad length of OPEN preface: 513");
    assertHeaderRejected("42454c59010100", "preface header is short: 7 bytes");
  }

  private static void assertHeaderRejected(String hex, String message) {
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> PrefaceHeader.decode(ByteBuffer.wrap(Samples.hex(hex))))
        .withMessage(message);
  }

  @Test
  void shouldTakeTheShortestAndTheLongestPrefaces() throws FrameFormatException {
    OpenPreface shortest = new OpenPreface(0, 0, Samples.SESSION, 0, SEALED, "x");
    OpenPreface longest =
        new OpenPreface(
            -1,
            Long.MAX_VALUE,
            Samples.SESSION,
            Integer.MAX_VALUE,
            SEALED,
            "\u20ac".repeat(21) + "x");

    assertThat(shortest.encode(keys)).hasSize(PrefaceKind.OPEN.minBytes());
    assertThat(OpenPreface.decode(shortest.encode(keys))).isEqualTo(shortest);
    assertThat(OpenPreface.decode(longest.encode(keys))).isEqualTo(longest);
  }

  @Test
  void shouldNotSendWhatItWouldReject() {
    assertNotSent(new OpenPreface(1, 1, SessionId.ZERO, 1, SEALED, "x"), "bad session: 0");
    assertNotSent(new OpenPreface(1, -1, Samples.SESSION, 1, SEALED, "x"), "bad link number: -1");
    assertNotSent(new OpenPreface(1, 1, Samples.SESSION, -1, SEALED, "x"), "bad epoch: -1");
    assertNotSent(new OpenPreface(1, 1, Samples.SESSION, 1, SEALED, ""), "bad service: 0");
    assertNotSent(new OpenPreface(1, 1, Samples.SESSION, 1, Bytes.EMPTY, "x"), "bad sealed key: 0");
    assertNotSent(
        new OpenPreface(1, 1, Samples.SESSION, 1, SEALED, "x".repeat(65)), "bad service: 65");
    assertNotSent(
        new OpenPreface(1, 1, Samples.SESSION, 1, SEALED, "a\nb"),
        "service is not clean text: service has control character 10 at 1");
    assertNotSent(held(5, 4), "bad held: 4");
    assertNotSent(held(-1, 4), "bad held: -1");
  }

  private void assertNotSent(DataPreface preface, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> preface.encode(keys))
        .withMessage(message);
  }

  private static ResumePreface held(long from, long to) {
    return new ResumePreface(
        1, 1, Samples.SESSION, 1, SEALED, "x", false, false, false, false, 0, 0, from, to, "");
  }

  @Test
  void shouldRejectTextThatIsNotCleanUtf8() {
    assertServiceRejected("c3286465", "service is not utf-8: c3286465");
    assertServiceRejected("eda08064", "service is not utf-8: eda08064");
    assertServiceRejected("61620a64", "service has control character 10 at 2");
    assertServiceRejected("6162c285", "service has control character 133 at 2");
  }

  private void assertServiceRejected(String serviceHex, String message) {
    byte[] whole = new OpenPreface(1, 1, Samples.SESSION, 1, SEALED, "abcd").encode(keys);
    System.arraycopy(Samples.hex(serviceHex), 0, whole, 77, 4);

    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> OpenPreface.decode(whole))
        .withMessage(message);
  }
}
