package dev.belay.replicator.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.replicator.held.HeldRecord;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every call and every answer comes back as it went; whatever else comes is rejected. */
final class MessagesTest {

  private static final SessionId ID = new SessionId(-1, 77);
  private static final Epoch EPOCH = new Epoch(3);
  private static final SessionRecord RECORD =
      new SessionRecord(ID, EPOCH, "7001", "server-\u00fc", new byte[] {1, -1}, 5, 9);
  private static final List<HeldRecord<byte[]>> HELD =
      List.of(
          new HeldRecord<>(5, 9, new byte[] {1, 2, 3, 4}, 4),
          new HeldRecord<>(9, 1L << 40, new byte[0], 0));

  private static final List<Call> CALLS =
      List.of(
          new Call.Open(RECORD),
          new Call.Look(ID),
          new Call.Append(ID, EPOCH, HELD),
          new Call.End(ID),
          new Call.Read(ID, 1L << 50, 17),
          new Call.Claim(ID, EPOCH, EPOCH.next(), "server-b"),
          new Call.Fence(ID, EPOCH),
          new Call.Trim(ID, EPOCH, 8),
          new Call.Close(ID, EPOCH),
          new Call.Touch(ID, EPOCH),
          new Call.Expire(Duration.ofMinutes(3)));

  private static final List<Answer> ANSWERS =
      List.of(
          new Answer.Done(),
          new Answer.Number(-5),
          new Answer.Found(RECORD, "before"),
          new Answer.Records(HELD),
          new Answer.Unknown(),
          new Answer.Fenced(EPOCH, EPOCH.next()),
          new Answer.Unclaimed("unclaimed"),
          new Answer.Truncated(1, 2, 3),
          new Answer.Faulty("faulty"),
          new Answer.Full("full"));

  @Test
  void shouldBringEveryCallBack() {
    assertThat(CALLS).extracting(Call::kind).containsExactly(Call.Kind.values());

    List<Call> back = Call.decode(Call.encode(CALLS, 16));

    assertThat(back).usingRecursiveFieldByFieldElementComparator().isEqualTo(CALLS);
  }

  @Test
  void shouldBringEveryAnswerBack() {
    assertThat(ANSWERS).extracting(Answer::kind).containsExactly(Answer.Kind.values());

    List<Answer> back = Answer.decode(Answer.encode(ANSWERS));

    assertThat(back).usingRecursiveFieldByFieldElementComparator().isEqualTo(ANSWERS);
  }

  @Test
  void shouldRejectWhatIsCutShort() {
    byte[] calls = Call.encode(CALLS, 16);
    byte[] answers = Answer.encode(ANSWERS);
    for (int length = 0; length < calls.length; length++) {
      byte[] cut = Arrays.copyOf(calls, length);
      assertThatThrownBy(() -> Call.decode(cut)).isInstanceOf(CallFormatException.class);
    }
    for (int length = 0; length < answers.length; length++) {
      byte[] cut = Arrays.copyOf(answers, length);
      assertThatThrownBy(() -> Answer.decode(cut)).isInstanceOf(CallFormatException.class);
    }
  }

  @Test
  void shouldRejectWhatIsTooLong() {
    byte[] calls = Call.encode(CALLS, 16);

    assertThatThrownBy(() -> Call.decode(Arrays.copyOf(calls, calls.length + 1)))
        .isInstanceOf(CallFormatException.class)
        .hasMessage("bytes behind the end: 1");
  }

  /** Rubbish may happen to make sense; it may not do anything but that or be rejected. */
  @Test
  void shouldSurviveRubbish() {
    byte[] calls = Call.encode(CALLS, 16);
    byte[] answers = Answer.encode(ANSWERS);
    for (long seed = 0; seed < 5000; seed++) {
      Random random = new Random(seed);
      decode(seed, changed(calls, random), changed(answers, random));
    }
  }

  private static byte[] changed(byte[] bytes, Random random) {
    byte[] changed = bytes.clone();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
    }
    return changed;
  }

  private static void decode(long seed, byte[] calls, byte[] answers) {
    try {
      assertThat(Call.decode(calls)).as("seed=%d", seed).hasSizeLessThan(calls.length);
    } catch (CallFormatException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
    try {
      assertThat(Answer.decode(answers)).as("seed=%d", seed).hasSizeLessThan(answers.length);
    } catch (CallFormatException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }
}
