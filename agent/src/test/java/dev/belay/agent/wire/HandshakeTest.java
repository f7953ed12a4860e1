package dev.belay.agent.wire;

import static dev.belay.agent.wire.Samples.NO_SECRET;
import static dev.belay.agent.wire.Samples.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Both sides of the handshake: equal keys, or none at all. */
final class HandshakeTest {

  private static final byte[] OTHER_SECRET = "guess".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MESSAGE = {1, 2, 3};
  private static final String KEY =
      "f825948c7d5861e6119dca09da533f9f3eddb98f3b3e87a8cab0dcb28818eeaf";
  private static final String KEY_WITH_SECRET =
      "f0e4090ec56771f948070c5da56ad48505e5a860088d5b30b561146ff9cb9226";

  private final SecureRandom random = new SecureRandom();

  @Test
  void shouldMakeTheHellosAndTheKeyOfTheExample() throws Exception {
    ClientHandshake client = exampleClient(NO_SECRET);
    ServerHandshake server = exampleServer(client.hello(), NO_SECRET);
    PairKeys keys = client.finish(server.reply());

    assertThat(client.hello()).isEqualTo(Golden.CLIENT_HELLO.bytes());
    assertThat(server.reply()).isEqualTo(Golden.SERVER_HELLO.bytes());
    assertThat(new Frame.Identity(client.identity())).isEqualTo(Golden.FRAME_IDENTITY.value());
    assertThat(keys.mac16(MESSAGE)).isEqualTo(exampleKeys(KEY).mac16(MESSAGE));
    assertThat(ProtocolDocs.hexBlocks()).containsEntry("mac-key", KEY);
  }

  @Test
  void shouldMakeTheHellosProofAndKeyOfTheExampleWithSecret() throws Exception {
    ClientHandshake client = exampleClient(SECRET);
    ServerHandshake server = exampleServer(client.hello(), SECRET);
    PairKeys keys = client.finish(server.reply());

    assertThat(client.hello()).isEqualTo(Golden.CLIENT_HELLO_SECRET.bytes());
    assertThat(server.reply()).isEqualTo(Golden.SERVER_HELLO_SECRET.bytes());
    assertThat(new Frame.Proof(client.proof())).isEqualTo(Golden.FRAME_PROOF.value());
    assertThat(keys.mac16(MESSAGE)).isEqualTo(exampleKeys(KEY_WITH_SECRET).mac16(MESSAGE));
    assertThat(ProtocolDocs.hexBlocks()).containsEntry("mac-key-secret", KEY_WITH_SECRET);
  }

  @Test
  void shouldLeaveBothSidesWithTheSameKeys() throws Exception {
    ClientHandshake client = freshClient(NO_SECRET);

    ServerHandshake server = freshServer(client.hello(), NO_SECRET);
    PairKeys keys = client.finish(server.reply());

    assertThat(keys.mac16(MESSAGE)).isEqualTo(server.keys().mac16(MESSAGE));
    assertThat(keys.serverNonce()).isEqualTo(server.keys().serverNonce());
    assertThat(keys.pairId()).isEqualTo(server.keys().pairId()).isEqualTo(Samples.PAIR);
    assertThat(server.clientHello().clientName()).isEqualTo("client-1");
    assertThat(server.isProofRequired()).isFalse();
    assertThat(client.proof()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void shouldProveTheSecretBothWays() throws Exception {
    ClientHandshake client = freshClient(SECRET);

    ServerHandshake server = freshServer(client.hello(), SECRET);
    PairKeys keys = client.finish(server.reply());

    assertThat(server.isProofRequired()).isTrue();
    assertThat(server.isProvenBy(client.proof())).isTrue();
    assertThat(keys.mac16(MESSAGE)).isEqualTo(server.keys().mac16(MESSAGE));
  }

  @Test
  void shouldHaveOtherKeysEachTime() throws Exception {
    ClientHandshake client = freshClient(NO_SECRET);

    ServerHandshake first = freshServer(client.hello(), NO_SECRET);
    ServerHandshake second = freshServer(client.hello(), NO_SECRET);

    assertThat(first.keys().mac16(MESSAGE)).isNotEqualTo(second.keys().mac16(MESSAGE));
  }

  @Test
  void shouldMixTheSecretIntoTheKey() {
    Bytes nonce = Bytes.copyOf(Samples.SERVER_NONCE);

    byte[] without = derived(nonce, NO_SECRET).mac16(MESSAGE);
    byte[] with = derived(nonce, SECRET).mac16(MESSAGE);
    byte[] withOther = derived(nonce, OTHER_SECRET).mac16(MESSAGE);

    assertThat(with).isNotEqualTo(without).isNotEqualTo(withOther);
    assertThat(without).isNotEqualTo(withOther);
  }

  @Test
  void shouldNotAcceptAClientWithoutTheSecret() {
    assertThatExceptionOfType(HandshakeException.class)
        .isThrownBy(() -> freshServer(freshClient(NO_SECRET).hello(), SECRET))
        .withMessage("secret configured: here=true there=false")
        .extracting(HandshakeException::reason)
        .isEqualTo(Refusal.SECRET_REQUIRED.code());
  }

  /** A key is the dearest thing that a stranger can make a door do. */
  @Test
  void shouldMakeNoKeyForAHelloThatItDoesNotAnswer() {
    byte[] noSecret = freshClient(NO_SECRET).hello();
    byte[] garbled = freshClient(SECRET).hello();
    garbled[72] = (byte) 0x80;

    assertThatExceptionOfType(HandshakeException.class)
        .isThrownBy(() -> keylessServer(noSecret, SECRET));
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> keylessServer(garbled, SECRET));
  }

  private static ServerHandshake keylessServer(byte[] hello, byte[] secret) throws Exception {
    return ServerHandshake.accept(hello, Samples.SERVER_INSTANCE, Samples.PAIR, secret, null);
  }

  @Test
  void shouldNotAcceptAServerThatHasNoSecret() throws Exception {
    ClientHandshake client = freshClient(SECRET);
    byte[] reply = freshServer(freshClient(NO_SECRET).hello(), NO_SECRET).reply();

    assertThatExceptionOfType(HandshakeException.class)
        .isThrownBy(() -> client.finish(reply))
        .withMessage("secret configured: here=true there=false")
        .extracting(HandshakeException::reason)
        .isEqualTo(Refusal.SECRET_REQUIRED.code());
  }

  @Test
  void shouldNotAcceptAServerWithAnotherSecret() throws Exception {
    ClientHandshake client = freshClient(SECRET);
    byte[] reply = freshServer(client.hello(), OTHER_SECRET).reply();

    assertThatExceptionOfType(HandshakeException.class)
        .isThrownBy(() -> client.finish(reply))
        .extracting(HandshakeException::reason)
        .isEqualTo(Refusal.BAD_SECRET.code());
  }

  @Test
  void shouldNotAcceptAProofOfAnotherHandshake() throws Exception {
    ClientHandshake first = freshClient(SECRET);
    ClientHandshake second = freshClient(SECRET);
    ServerHandshake firstServer = freshServer(first.hello(), SECRET);
    ServerHandshake secondServer = freshServer(second.hello(), SECRET);

    first.finish(firstServer.reply());

    assertThat(secondServer.isProvenBy(first.proof())).isFalse();
    assertThat(secondServer.isProvenBy(Bytes.EMPTY)).isFalse();
    assertThatExceptionOfType(HandshakeException.class)
        .isThrownBy(() -> second.finish(firstServer.reply()));
  }

  @Test
  void shouldIdentifyTheClient() throws Exception {
    ClientHandshake client = freshClient(NO_SECRET);
    ServerHandshake server = freshServer(client.hello(), NO_SECRET);

    client.finish(server.reply());

    assertThat(server.clientHello().instanceId()).isEqualTo(Samples.CLIENT_INSTANCE);
    assertThat(server.isIdentifiedBy(client.identity())).isTrue();
  }

  @Test
  void shouldNotTakeSomebodyWhoKnowsOnlyTheInstanceIdForTheClient() throws Exception {
    ClientHandshake client = freshClient(NO_SECRET);
    ServerHandshake server = freshServer(client.hello(), NO_SECRET);
    client.finish(server.reply());
    ClientHandshake stranger =
        new ClientHandshake(Bytes.random(32, random), "client-1", NO_SECRET, random);
    byte[] hello = stranger.hello();
    System.arraycopy(client.hello(), 8, hello, 8, ClientHello.INSTANCE_BYTES);

    ServerHandshake deceived = freshServer(hello, NO_SECRET);
    stranger.finish(deceived.reply());

    assertThat(deceived.clientHello().instanceId()).isEqualTo(Samples.CLIENT_INSTANCE);
    assertThat(deceived.isIdentifiedBy(stranger.identity())).isFalse();
    assertThat(deceived.isIdentifiedBy(client.identity())).isFalse();
  }

  @Test
  void shouldTakeNoProofWhereNoneIsRequired() throws Exception {
    ServerHandshake server = freshServer(freshClient(NO_SECRET).hello(), NO_SECRET);

    assertThat(server.isProvenBy(Bytes.EMPTY)).isFalse();
  }

  @Test
  void shouldSeeEveryDamagedByteOfTheServerHelloWithASecret() throws Exception {
    ClientHandshake client = freshClient(SECRET);
    byte[] reply = freshServer(client.hello(), SECRET).reply();

    for (int offset = 0; offset < reply.length; offset++) {
      byte[] damaged = reply.clone();
      damaged[offset] ^= 1;
      assertThatExceptionOfType(Exception.class)
          .as("offset %d", offset)
          .isThrownBy(() -> client.finish(damaged))
          .isInstanceOfAny(HandshakeException.class, FrameFormatException.class);
    }
  }

  @Test
  void shouldEndInDifferentKeysWhenSomebodyChangesAPublicKey() throws Exception {
    ClientHandshake client = freshClient(NO_SECRET);
    byte[] hello = client.hello();
    byte[] intruderKey = AgreementKey.generate(random).publicKey().toArray();
    System.arraycopy(intruderKey, 0, hello, 24, intruderKey.length);

    ServerHandshake server = freshServer(hello, NO_SECRET);

    assertThat(client.finish(server.reply()).mac16(MESSAGE))
        .isNotEqualTo(server.keys().mac16(MESSAGE));
  }

  @Test
  void shouldReportARefusalWithItsReason() {
    byte[] refusal = ServerHandshake.refusal(Refusal.SHUTTING_DOWN, "redeploy");

    assertThatExceptionOfType(HandshakeException.class)
        .isThrownBy(() -> freshClient(NO_SECRET).finish(refusal))
        .withMessage("refused: shutting down redeploy")
        .extracting(HandshakeException::reason)
        .isEqualTo(Refusal.SHUTTING_DOWN.code());
  }

  @Test
  void shouldRejectAPublicKeyOfSmallOrderOnBothSides() throws Exception {
    ClientHandshake client = freshClient(NO_SECRET);
    byte[] hello = client.hello();
    byte[] reply = freshServer(hello, NO_SECRET).reply();

    Arrays.fill(hello, 24, 56, (byte) 0);
    Arrays.fill(reply, 24, 56, (byte) 0);

    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> freshServer(hello, NO_SECRET));
    assertThatExceptionOfType(FrameFormatException.class).isThrownBy(() -> client.finish(reply));
  }

  private static PairKeys derived(Bytes serverNonce, byte[] secret) {
    Bytes clientNonce = Bytes.copyOf(Samples.CLIENT_NONCE);
    return Handshake.derive(Samples.SHARED, clientNonce, serverNonce, Samples.PAIR, secret);
  }

  private static PairKeys exampleKeys(String macKey) {
    return new PairKeys(Samples.hex(macKey), Samples.SERVER_NONCE, Samples.PAIR);
  }

  private static ClientHandshake exampleClient(byte[] secret) throws Exception {
    return new ClientHandshake(
        Samples.CLIENT_INSTANCE_KEY,
        "client-1",
        secret,
        AgreementKey.of(Samples.CLIENT_SCALAR),
        Bytes.copyOf(Samples.CLIENT_NONCE));
  }

  private static ServerHandshake exampleServer(byte[] hello, byte[] secret) throws Exception {
    AgreementKey key = AgreementKey.of(Samples.SERVER_SCALAR);
    ServerHello.Accepted reply =
        new ServerHello.Accepted(
            Samples.SERVER_INSTANCE,
            key.publicKey(),
            Bytes.copyOf(Samples.SERVER_NONCE),
            Samples.PAIR,
            secret.length == 0 ? Bytes.EMPTY : Bytes.copyOf(new byte[Handshake.PROOF_BYTES]));
    return ServerHandshake.accept(hello, reply, key, secret);
  }

  private ClientHandshake freshClient(byte[] secret) {
    return new ClientHandshake(Samples.CLIENT_INSTANCE_KEY, "client-1", secret, random);
  }

  private ServerHandshake freshServer(byte[] hello, byte[] secret) throws Exception {
    return ServerHandshake.accept(hello, Samples.SERVER_INSTANCE, Samples.PAIR, secret, random);
  }
}
