package dev.belay.replicator.members;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes from another member: rejected as such, or understood and then the same again. */
final class MessagesFuzzTest {
  private static final SessionId ID = new SessionId(-1, 77);
  private static final SessionRecord RECORD =
      new SessionRecord(ID, new Epoch(3), "7001", "server", new byte[] {1, -1}, 5, 9);

  static Stream<byte[]> seeds() {
    return Stream.of(
        Call.encode(List.of(new Call.Open(RECORD), new Call.Read(ID, 1L << 50, 17)), 16),
        Call.encode(List.of(new Call.Claim(ID, new Epoch(3), new Epoch(4), "server")), 16),
        Answer.encode(List.of(new Answer.Found(RECORD, "before"), new Answer.Done())),
        Answer.encode(List.of(new Answer.Truncated(1, 2, 3), new Answer.Faulty("faulty"))));
  }

  @MethodSource("seeds")
  @FuzzTest
  void shouldRejectOrUnderstand(byte[] bytes) {
    calls(bytes);
    answers(bytes);
  }

  private static void calls(byte[] bytes) {
    try {
      byte[] again = Call.encode(Call.decode(bytes), bytes.length);
      assertArrayEquals(again, Call.encode(Call.decode(again), again.length));
    } catch (CallFormatException e) {
      return; // no calls
    }
  }

  private static void answers(byte[] bytes) {
    try {
      byte[] again = Answer.encode(Answer.decode(bytes));
      assertArrayEquals(again, Answer.encode(Answer.decode(again)));
    } catch (CallFormatException e) {
      return; // no answers
    }
  }
}
