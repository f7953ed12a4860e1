package dev.belay.replicator.members;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.replicator.held.HeldRecord;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a holder can read and change of a sealed log: nothing. */
final class SealTest {

  private static final SessionId ID = new SessionId(1, 2);
  private static final SessionId OTHER = new SessionId(1, 3);
  private static final byte[] SECRET = "secret".getBytes(US_ASCII);
  private static final byte[] PLAIN = "my credit card number is 4242".getBytes(US_ASCII);
  private static final int ALL = Integer.MAX_VALUE;

  private final Seal seal = new Seal(SECRET);

  @Test
  void shouldOpenWhatAnotherProcessSealed() {
    byte[] sealed = seal.seal(Seal.Use.LOG, ID, 10, 20, PLAIN);

    assertThat(new Seal(SECRET).open(Seal.Use.LOG, ID, 10, 20, sealed)).isEqualTo(PLAIN);
  }

  @Test
  void shouldShowNothingOfIt() {
    byte[] sealed = seal.seal(Seal.Use.LOG, ID, 10, 20, PLAIN);

    assertThat(new String(sealed, US_ASCII)).doesNotContain("credit").doesNotContain("4242");
    assertThat(sealed).hasSize(PLAIN.length + 1 + 16 + 8 + 16);
  }

  @Test
  void shouldSealTheSameDifferentlyEachTime() {
    byte[] once = seal.seal(Seal.Use.LOG, ID, 10, 20, PLAIN);
    byte[] twice = seal.seal(Seal.Use.LOG, ID, 10, 20, PLAIN);
    byte[] elsewhere = new Seal(SECRET).seal(Seal.Use.LOG, ID, 10, 20, PLAIN);

    assertThat(counter(once)).isEqualTo(1);
    assertThat(counter(twice)).isEqualTo(2);
    assertThat(salt(elsewhere)).isNotEqualTo(salt(once));
  }

  @Test
  void shouldNoticeEveryChangedByte() {
    byte[] sealed = seal.seal(Seal.Use.LOG, ID, 10, 20, PLAIN);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> seal.open(Seal.Use.LOG, ID, 10, 20, changed))
          .as("byte %d", i)
          .isInstanceOf(SealBrokenException.class);
    }
  }

  @Test
  void shouldNoticeWhatIsCutShort() {
    byte[] sealed = seal.seal(Seal.Use.LOG, ID, 10, 20, PLAIN);
    for (int length = 0; length < sealed.length; length++) {
      byte[] cut = Arrays.copyOf(sealed, length);
      assertThatThrownBy(() -> seal.open(Seal.Use.LOG, ID, 10, 20, cut))
          .as("length %d", length)
          .isInstanceOfAny(SealBrokenException.class, CallFormatException.class);
    }
  }

  @Test
  void shouldNoticeWhatIsInTheWrongPlace() {
    byte[] sealed = seal.seal(Seal.Use.LOG, ID, 10, 20, PLAIN);

    assertThatThrownBy(() -> seal.open(Seal.Use.LOG, OTHER, 10, 20, sealed))
        .isInstanceOf(SealBrokenException.class);
    assertThatThrownBy(() -> seal.open(Seal.Use.LOG, ID, 11, 20, sealed))
        .isInstanceOf(SealBrokenException.class);
    assertThatThrownBy(() -> seal.open(Seal.Use.LOG, ID, 10, 21, sealed))
        .isInstanceOf(SealBrokenException.class);
    assertThatThrownBy(() -> seal.open(Seal.Use.KEY, ID, 10, 20, sealed))
        .isInstanceOf(SealBrokenException.class);
  }

  @Test
  void shouldOpenNothingOfOthersWithAnotherSecretOrNone() {
    byte[] sealed = seal.seal(Seal.Use.LOG, ID, 10, 20, PLAIN);
    byte[] open = new Seal(null).seal(Seal.Use.LOG, ID, 10, 20, PLAIN);

    assertThatThrownBy(() -> new Seal(new byte[] {1}).open(Seal.Use.LOG, ID, 10, 20, sealed))
        .hasMessage("log does not open: changed, or sealed with another secret session=00000000");
    assertThatThrownBy(() -> new Seal(null).open(Seal.Use.LOG, ID, 10, 20, sealed))
        .hasMessage("log does not open: sealed session=00000000");
    assertThatThrownBy(() -> seal.open(Seal.Use.LOG, ID, 10, 20, open))
        .hasMessage("log does not open: not sealed session=00000000");
    assertThat(new Seal(null).open(Seal.Use.LOG, ID, 10, 20, open)).isEqualTo(PLAIN);
  }

  /** RFC 5869, test case 1, whose first 32 bytes of output are one block. */
  @Test
  void shouldDeriveKeysAsTheStandardDoes() throws Exception {
    HexFormat hex = HexFormat.of();
    byte[] ikm = new byte[22];
    Arrays.fill(ikm, (byte) 0x0b);

    byte[] key =
        Hkdf.derive(
            ikm, hex.parseHex("000102030405060708090a0b0c"), hex.parseHex("f0f1f2f3f4f5f6f7f8f9"));

    assertThat(hex.formatHex(key))
        .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
  }

  @Test
  void shouldOpenRunsRecordByRecord() {
    Runs runs = new Runs(seal);
    List<LogRecord> records = List.of(input(5, 1, "hello"), input(10, 2, "again"));

    List<HeldRecord<byte[]>> held = runs.close(ID, records);

    assertThat(held).hasSize(1);
    assertThat(runs.open(ID, held, 5, ALL)).isEqualTo(records);
    assertThat(runs.open(ID, held, 7, ALL)).containsExactly(input(7, 1, "llo"), records.get(1));
    assertThat(runs.open(ID, held, 5, 9)).containsExactly(records.get(0));
  }

  @Test
  void shouldKeepRunsApartWhereThereIsAGapAndWhereTheyGetLong() {
    Runs runs = new Runs(seal);
    LogRecord big = new LogRecord(LogRecord.Kind.INPUT, 11, 0, new byte[Runs.LIMIT_BYTES]);

    assertThat(runs.close(ID, List.of(input(0, 0, "a"), input(10, 0, "b"), big))).hasSize(3);
    assertThat(runs.close(ID, List.of())).isEmpty();
  }

  @Test
  void shouldNoticeAMissingRun() {
    Runs runs = new Runs(seal);
    List<HeldRecord<byte[]>> held = runs.close(ID, List.of(input(0, 0, "a"), input(10, 0, "b")));

    assertThatThrownBy(() -> runs.open(ID, held, 0, ALL))
        .isInstanceOf(SealBrokenException.class)
        .hasMessageContaining("a hole at 1");
  }

  private static LogRecord input(long inPosition, long outPosition, String text) {
    return new LogRecord(LogRecord.Kind.INPUT, inPosition, outPosition, text.getBytes(US_ASCII));
  }

  private static long counter(byte[] sealed) {
    return java.nio.ByteBuffer.wrap(sealed, 17, 8).getLong();
  }

  private static byte[] salt(byte[] sealed) {
    return Arrays.copyOfRange(sealed, 1, 17);
  }
}
