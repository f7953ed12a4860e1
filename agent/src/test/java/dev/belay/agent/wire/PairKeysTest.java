package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.replicator.log.SessionId;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The MAC of a pair, and its end. */
final class PairKeysTest {

  /** RFC 4231 section 4.2, its key filled up with the zeros that HMAC fills up with. */
  @Test
  void shouldBeTheFirstHalfOfHmacSha256() {
    byte[] key = Samples.hex("0b".repeat(20) + "00".repeat(12));
    PairKeys keys = new PairKeys(key, Samples.SERVER_NONCE, 1);

    byte[] mac = keys.mac16("Hi There".getBytes(StandardCharsets.US_ASCII));

    assertThat(mac).isEqualTo(Samples.hex("b0344c61d8db38535ca8afceaf0bf12b"));
  }

  @Test
  void shouldNotCareHowTheMessageIsCut() {
    PairKeys keys = Samples.keys();

    byte[] mac = keys.mac16(new byte[] {1, 2}, new byte[0], new byte[] {3});

    assertThat(mac).isEqualTo(keys.mac16(new byte[] {1, 2, 3}));
  }

  @Test
  void shouldNotFollowTheArraysItWasMadeFrom() {
    byte[] key = Samples.MAC_KEY.clone();
    byte[] nonce = Samples.SERVER_NONCE.clone();
    PairKeys keys = new PairKeys(key, nonce, Samples.PAIR);

    key[0] ^= 1;
    nonce[0] ^= 1;
    keys.serverNonce()[1] ^= 1;

    assertThat(OpenPreface.verify(Golden.OPEN_PREFACE.bytes(), keys)).isTrue();
  }

  @Test
  void shouldMakeNoMacAfterItsEnd() {
    PairKeys keys = Samples.keys();

    keys.destroy();

    assertThatIllegalStateException()
        .isThrownBy(() -> keys.mac16(new byte[1]))
        .withMessage("keys of pair 1122334455667788 are destroyed");
    assertThatIllegalStateException()
        .isThrownBy(() -> OpenPreface.verify(Golden.OPEN_PREFACE.bytes(), keys));
    assertThatIllegalStateException().isThrownBy(() -> Samples.OPEN.sessionKey(keys));
  }

  @Test
  void shouldSealAndUnsealAlike() {
    PairKeys keys = Samples.keys();

    Bytes sealed = keys.seal(Samples.SESSION_KEY, Samples.SESSION, 7, PrefaceKind.RESUME);

    assertThat(sealed).isEqualTo(Samples.RESUME.sealedKey());
    assertThat(keys.seal(sealed, Samples.SESSION, 7, PrefaceKind.RESUME))
        .isEqualTo(Samples.SESSION_KEY);
    assertThat(keys.sealInstance(keys.sealInstance(Samples.CLIENT_INSTANCE_KEY)))
        .isEqualTo(Samples.CLIENT_INSTANCE_KEY);
  }

  @Test
  void shouldSealForOneLinkOfOneSessionOfOnePairOnly() {
    PairKeys keys = Samples.keys();
    PairKeys others = new PairKeys(new byte[32], Samples.SERVER_NONCE, Samples.PAIR);
    Bytes key = Samples.SESSION_KEY;

    Set<Bytes> sealed =
        Set.of(
            keys.seal(key, Samples.SESSION, 7, PrefaceKind.OPEN),
            keys.seal(key, Samples.SESSION, 7, PrefaceKind.RESUME),
            keys.seal(key, Samples.SESSION, 8, PrefaceKind.OPEN),
            keys.seal(key, new SessionId(1, 2), 7, PrefaceKind.OPEN),
            others.seal(key, Samples.SESSION, 7, PrefaceKind.OPEN),
            keys.sealInstance(key),
            others.sealInstance(key));

    assertThat(sealed).hasSize(7).doesNotContain(key);
  }

  @Test
  void shouldSealNothingOfAnotherLength() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Samples.keys().sealInstance(Bytes.EMPTY))
        .withMessage("bad length of key: 0");
  }

  @Test
  void shouldNotTellTheKey() {
    assertThat(Samples.keys()).hasToString("PairKeys[pairId=1122334455667788]");
  }

  @Test
  void shouldRefuseOtherLengths() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PairKeys(new byte[31], new byte[16], 1))
        .withMessage("bad lengths: key=31 nonce=16");
  }
}
