package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** Frames out of a stream of bytes, and what ends it. */
final class FrameReaderTest {

  private final FrameReader reader = new FrameReader();

  @Test
  void shouldWaitForTheWholeFrame() throws FrameFormatException {
    byte[] frame = Golden.FRAME_FIN.bytes();

    for (int i = 0; i < frame.length - 1; i++) {
      reader.feed(frame, i, 1);
      assertThat(reader.next()).isNull();
    }
    reader.feed(frame, frame.length - 1, 1);

    assertThat(reader.next()).isEqualTo(Golden.FRAME_FIN.value());
    assertThat(reader.next()).isNull();
  }

  @Test
  void shouldSkipAndCountWhatItDoesNotKnow() throws FrameFormatException {
    feed("0002 c8 aabb");
    feed("0000 ff");
    feed("0008 01 000000000000002a");

    assertThat(reader.next()).isEqualTo(new Frame.Heartbeat(42));
    assertThat(reader.skippedFrames()).isEqualTo(2);
  }

  @Test
  void shouldRejectTypeZeroBeforeItsPayloadIsThere() {
    feed("0010 00");

    assertRejected("bad frame: type=0 length=16");
  }

  @Test
  void shouldRejectALengthThatNoFrameHas() {
    feed("2001 63");

    assertRejected("bad frame: type=99 length=8193");
  }

  @Test
  void shouldRejectAKnownTypeOfAnotherLength() {
    feed("0009 01 000000000000002a 00");

    assertRejected("1 bytes too many");
  }

  @Test
  void shouldRejectAKnownTypeThatIsCutOff() {
    feed("0007 01 0000000000002a");

    assertRejected("sequence is cut off: 7 bytes of 8");
  }

  @Test
  void shouldBelieveNothingAfterARejection() {
    feed("0000 01");
    assertRejected("sequence is cut off: 0 bytes of 8");

    feed("0008 01 000000000000002a");

    assertRejected("sequence is cut off: 0 bytes of 8");
  }

  @Test
  void shouldRejectValuesThatCannotBe() {
    byte[] fin = Golden.FRAME_FIN.bytes();
    fin[23] = 2;

    reader.feed(fin, 0, fin.length);

    assertRejected("unknown flags: 0x2");
  }

  @Test
  void shouldTakeNoMoreThanItsLimit() {
    byte[] unknown = new byte[FrameReader.LIMIT_BYTES];

    reader.feed(unknown, 0, unknown.length - 10);

    assertThat(reader.room()).isEqualTo(10);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> reader.feed(unknown, 0, 11))
        .withMessage("too many bytes: 11 room=10");
  }

  @Test
  void shouldHaveRoomAgainWhenFramesAreTaken() throws FrameFormatException {
    byte[] heartbeats = repeated(Golden.FRAME_HEARTBEAT.bytes(), FrameReader.LIMIT_BYTES / 11);
    int taken = 0;

    for (int round = 0; round < 3; round++) {
      reader.feed(heartbeats, 0, heartbeats.length);
      while (reader.next() != null) {
        taken++;
      }
    }

    assertThat(taken).isEqualTo(3 * (FrameReader.LIMIT_BYTES / 11));
    assertThat(reader.room()).isEqualTo(FrameReader.LIMIT_BYTES);
  }

  private static byte[] repeated(byte[] frame, int times) {
    byte[] all = new byte[frame.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(frame, 0, all, i * frame.length, frame.length);
    }
    return all;
  }

  private void feed(String hex) {
    byte[] bytes = Samples.hex(hex);
    reader.feed(bytes, 0, bytes.length);
  }

  private void assertRejected(String message) {
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(reader::next)
        .withMessage(message);
  }
}
