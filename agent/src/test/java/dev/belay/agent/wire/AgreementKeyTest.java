package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** X25519 of the JDK behind raw keys: vectors of RFC 7748 section 6.1. */
final class AgreementKeyTest {

  private final SecureRandom random = new SecureRandom();

  @Test
  void shouldHaveThePublicKeysOfTheVectors() throws GeneralSecurityException {
    assertThat(AgreementKey.of(Samples.CLIENT_SCALAR).publicKey().toArray())
        .isEqualTo(Samples.CLIENT_PUBLIC);
    assertThat(AgreementKey.of(Samples.SERVER_SCALAR).publicKey().toArray())
        .isEqualTo(Samples.SERVER_PUBLIC);
  }

  @Test
  void shouldAgreeOnTheSecretOfTheVectorsBothWays() throws Exception {
    AgreementKey client = AgreementKey.of(Samples.CLIENT_SCALAR);
    AgreementKey server = AgreementKey.of(Samples.SERVER_SCALAR);

    assertThat(client.agree(server.publicKey())).isEqualTo(Samples.SHARED);
    assertThat(server.agree(client.publicKey())).isEqualTo(Samples.SHARED);
  }

  @Test
  void shouldAgreeBothWaysWithFreshKeys() throws FrameFormatException {
    for (int i = 0; i < 50; i++) {
      AgreementKey one = AgreementKey.generate(random);
      AgreementKey other = AgreementKey.generate(random);

      assertThat(one.publicKey()).isNotEqualTo(other.publicKey());
      assertThat(one.agree(other.publicKey())).isEqualTo(other.agree(one.publicKey()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"
      })
  void shouldRejectKeysOfSmallOrder(String key) {
    Bytes publicKey = Bytes.copyOf(Samples.hex(key));

    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> AgreementKey.generate(random).agree(publicKey))
        .withMessage("public key is of small order: " + key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882bcf"
      })
  void shouldRejectKeysThatAreNotReduced(String key) {
    Bytes publicKey = Bytes.copyOf(Samples.hex(key));

    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> AgreementKey.generate(random).agree(publicKey))
        .withMessage("public key is not reduced: " + key);
  }
}
