package dev.belay.agent.replay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.agent.session.StreamChecksum;
import org.junit.jupiter.api.Test;

/** {@link ReplayFeed}: turns kept on the way in, bytes verified on the way out. */
final class ReplayFeedTest {

  private static final long QUEUE_LIMIT = 10;

  private final ReplayFeed feed = new ReplayFeed(0, 0, QUEUE_LIMIT);

  @Test
  void shouldGiveARecordOnlyWhenItsTurnHasCome() {
    feed.offer(0, bytes("hello"));
    feed.offer(7, bytes("again"));

    assertThat(feed.nextChunk(0)).isEqualTo(bytes("hello"));
    feed.consumed(5);

    assertThat(feed.nextChunk(6)).isNull();
    assertThat(feed.nextChunk(7)).isEqualTo(bytes("again"));
  }

  @Test
  void shouldGiveTheRestOfAChunkThatWasTakenInPart() {
    feed.offer(3, bytes("hello"));
    assertThat(feed.nextChunk(3)).isEqualTo(bytes("hello"));

    feed.consumed(2);

    assertThat(feed.fedPosition()).isEqualTo(2);
    assertThat(feed.nextChunk(3)).isEqualTo(bytes("llo"));
    feed.consumed(0);
    assertThat(feed.nextChunk(3)).isEqualTo(bytes("llo"));
  }

  @Test
  void shouldCutLongRecordsIntoChunks() {
    byte[] record = new byte[ReplayFeed.CHUNK_BYTES_LIMIT + 1];
    feed.offer(0, record);

    assertThat(feed.nextChunk(0)).hasSize(ReplayFeed.CHUNK_BYTES_LIMIT);
    feed.consumed(ReplayFeed.CHUNK_BYTES_LIMIT);

    assertThat(feed.nextChunk(0)).hasSize(1);
  }

  @Test
  void shouldRejectConsumingWhatWasNotGiven() {
    feed.offer(0, bytes("hello"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> feed.consumed(1))
        .withMessage("consumed more than given: count=1 chunk=0");
  }

  @Test
  void shouldWantMoreUnlessMoreThanItsLimitIsQueued() {
    feed.offer(0, new byte[10]);
    assertThat(feed.wantsMore()).isTrue();

    feed.offer(0, new byte[1]);
    assertThat(feed.wantsMore()).isFalse();

    feed.nextChunk(0);
    feed.consumed(1);
    assertThat(feed.wantsMore()).isTrue();
  }

  @Test
  void shouldWantNoMoreTurnsThanItsLimitHoweverShort() {
    ReplayFeed roomy = new ReplayFeed(0, 0, Long.MAX_VALUE);
    int offered = 0;

    while (roomy.wantsMore() && offered <= 2 * ReplayFeed.QUEUED_TURNS_LIMIT) {
      roomy.offer(0, new byte[1]);
      offered++;
    }

    assertThat(offered).isEqualTo(ReplayFeed.QUEUED_TURNS_LIMIT + 1);
    roomy.nextChunk(0);
    roomy.consumed(1);
    assertThat(roomy.wantsMore()).isTrue();
  }

  @Test
  void shouldBeFedWhenTheLogHasEndedAndAllIsHandedOver() {
    feed.offer(0, bytes("hello"));
    feed.endOfLog();
    assertThat(feed.isFed()).isFalse();

    feed.nextChunk(0);
    feed.consumed(5);

    assertThat(feed.isFed()).isTrue();
    assertThat(feed.wantsMore()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> feed.offer(0, bytes("more")));
  }

  @Test
  void shouldNotBeFedWhileTheLogMayGoOn() {
    feed.offer(0, new byte[0]);

    assertThat(feed.nextChunk(0)).isNull();
    assertThat(feed.isFed()).isFalse();
  }

  @Test
  void shouldCountFromItsStartPosition() {
    ReplayFeed later = new ReplayFeed(0, 0, QUEUE_LIMIT, 1000);

    later.offer(0, bytes("hello"));

    assertThat(later.fedPosition()).isEqualTo(1000);
    assertThat(later.offeredPosition()).isEqualTo(1005);
  }

  @Test
  void shouldBeVerifiedAtOnceWhenTheClientHasNothing() throws Exception {
    assertThat(feed.isVerified()).isTrue();

    assertThat(feed.output(bytes("welcome"), 0, 7)).isZero();

    assertThat(feed.producedPosition()).isEqualTo(7);
    feed.outputEnded(7);
  }

  @Test
  void shouldSuppressExactlyWhatTheClientHas() throws Exception {
    ReplayFeed replay = expecting("welcome");

    assertThat(replay.output(bytes("wel"), 0, 3)).isEqualTo(3);
    assertThat(replay.isVerified()).isFalse();

    assertThat(replay.output(bytes("..come, friend"), 2, 12)).isEqualTo(4);
    assertThat(replay.isVerified()).isTrue();
    assertThat(replay.producedPosition()).isEqualTo(15);
    assertThat(replay.output(bytes("!"), 0, 1)).isZero();
  }

  @Test
  void shouldVerifyAtTheLastByteThatTheClientHas() throws Exception {
    ReplayFeed replay = expecting("welcome");

    replay.output(bytes("welcome"), 0, 6);
    assertThat(replay.isVerified()).isFalse();

    replay.output(bytes("welcome"), 6, 1);
    assertThat(replay.isVerified()).isTrue();
    replay.outputEnded(7);
  }

  @Test
  void shouldDivergeForGoodWhenAByteDiffers() throws Exception {
    ReplayFeed replay = expecting("welcome");
    replay.output(bytes("Wel"), 0, 3);

    assertThatExceptionOfType(DivergenceException.class)
        .isThrownBy(() -> replay.output(bytes("come, friend"), 0, 12))
        .withMessage(
            "diverged: position=7 expected=%08x actual=%08x", crc("welcome"), crc("Welcome"))
        .satisfies(e -> assertThat(e.position()).isEqualTo(7));

    assertThat(replay.isVerified()).isFalse();
    assertThatExceptionOfType(DivergenceException.class)
        .isThrownBy(() -> replay.output(bytes("!"), 0, 1));
  }

  @Test
  void shouldDivergeWhenTheOutputEndsEarly() throws Exception {
    ReplayFeed replay = expecting("welcome");
    replay.output(bytes("wel"), 0, 3);

    assertThatExceptionOfType(DivergenceException.class)
        .isThrownBy(() -> replay.outputEnded(3))
        .withMessage("diverged: position=3 ended-before=7");
  }

  private static ReplayFeed expecting(String received) {
    return new ReplayFeed(received.length(), crc(received), QUEUE_LIMIT);
  }

  private static int crc(String text) {
    StreamChecksum checksum = new StreamChecksum();
    checksum.update(bytes(text), 0, text.length());
    return checksum.value();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  // ---- while the client goes on elsewhere ----

  @Test
  void shouldCompareAgainWhereTheClientIsNow() throws Exception {
    ReplayFeed replay = expecting("wel");
    replay.output(bytes("wel"), 0, 3);
    assertThat(replay.isVerified()).isTrue();

    replay.suppressUntil(7, crc("welcome"));
    assertThat(replay.isVerified()).isFalse();
    replay.output(bytes("come"), 0, 4);

    assertThat(replay.isVerified()).isTrue();
    assertThat(replay.suppressUntil()).isEqualTo(7);
  }

  @Test
  void shouldDivergeWhereTheClientIsNow() throws Exception {
    ReplayFeed replay = expecting("wel");
    replay.output(bytes("wel"), 0, 3);
    replay.suppressUntil(7, crc("welcome"));

    assertThatExceptionOfType(DivergenceException.class)
        .isThrownBy(() -> replay.output(bytes("kin!"), 0, 4));
  }

  @Test
  void shouldNotGoBackToWhereTheClientWas() throws Exception {
    ReplayFeed replay = expecting("welcome");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> replay.suppressUntil(3, crc("wel")))
        .withMessageContaining("3 < 7");
  }
}
