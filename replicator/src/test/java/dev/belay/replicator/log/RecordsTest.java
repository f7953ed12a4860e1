package dev.belay.replicator.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** The values of the port: what they reject, and what they keep to themselves. */
final class RecordsTest {

  private static final SessionId ID = new SessionId(0x7c00_0000_0000_0001L, 2);

  @Test
  void shouldNameASessionInHexadecimal() {
    assertThat(ID).hasToString("7c000000000000010000000000000002");
    assertThat(ID.shortString()).isEqualTo("7c000000");
  }

  @Test
  void shouldOrderEpochs() {
    assertThat(Epoch.FIRST.next()).isEqualTo(new Epoch(1)).isGreaterThan(Epoch.FIRST);
    assertThat(Epoch.FIRST.isBefore(new Epoch(1))).isTrue();
    assertThat(Epoch.FIRST.isBefore(Epoch.FIRST)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> new Epoch(-1));
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> new Epoch(Integer.MAX_VALUE).next());
  }

  @Test
  void shouldCompareLogRecordsByContent() {
    assertThat(record(3, "abc")).isEqualTo(record(3, "abc")).hasSameHashCodeAs(record(3, "abc"));
    assertThat(record(3, "abc")).isNotEqualTo(record(3, "abd"));
    assertThat(record(3, "abc")).hasToString("INPUT in=3 out=9 length=3");
  }

  @Test
  void shouldCutTheFrontOfALogRecord() {
    LogRecord record = record(3, "abc");

    assertThat(record.from(2)).isSameAs(record);
    assertThat(record.from(5)).isEqualTo(record(5, "c"));
    assertThatIllegalArgumentException().isThrownBy(() -> record.from(6));
  }

  @Test
  void shouldRejectLogRecordsThatAreNone() {
    assertThatIllegalArgumentException().isThrownBy(() -> record(-1, "abc"));
    assertThatIllegalArgumentException().isThrownBy(() -> record(0, ""));
  }

  @Test
  void shouldKeepTheKeyOutOfMessages() {
    SessionRecord session = SessionRecord.begun(ID, "7001", "server-a/1", new byte[] {1, 2});

    assertThat(session)
        .hasToString("session=7c000000 epoch=0 service=7001 server=server-a/1 start=0 end=0")
        .isEqualTo(SessionRecord.begun(ID, "7001", "server-a/1", new byte[] {1, 2}))
        .isNotEqualTo(SessionRecord.begun(ID, "7001", "server-a/1", new byte[] {1, 3}));
    assertThatIllegalArgumentException().isThrownBy(() -> session.holding(2, 1));
  }

  private static LogRecord record(long inPosition, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    return new LogRecord(LogRecord.Kind.INPUT, inPosition, 9, bytes);
  }
}
