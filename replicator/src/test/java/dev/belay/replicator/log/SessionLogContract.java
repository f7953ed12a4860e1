package dev.belay.replicator.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link SessionLog} does, wherever it keeps its bytes. One test of each adapter extends
 * it.
 *
 * <p>Each test has sessions of its own, so that an adapter may use one log for all.
 */
@Timeout(30)
public abstract class SessionLogContract {

  private static final Epoch FIRST = Epoch.FIRST;
  private static final Epoch SECOND = FIRST.next();
  private static final Epoch THIRD = SECOND.next();
  private static final String SERVER = "server-a/1";
  private static final String BACKUP = "server-b/1";
  private static final String RIVAL = "server-c/1";
  private static final byte[] KEY = {7, 7, 7};
  private static final int ALL = Integer.MAX_VALUE;
  private static final int WAIT_S = 10;

  private static final Random IDS = new Random();

  private final SessionId id = new SessionId(IDS.nextLong(), IDS.nextLong());
  private SessionLog log;

  /** The log to test. */
  protected abstract SessionLog log();

  /** Lets so much time pass for the log. */
  protected abstract void pass(Duration time);

  @BeforeEach
  void openSession() {
    log = log();
    answer(log.open(SessionRecord.begun(id, "7001", SERVER, KEY)));
  }

  @Test
  void shouldKnowASessionFromItsOpeningOn() {
    assertThat(answer(log.session(id))).isEqualTo(SessionRecord.begun(id, "7001", SERVER, KEY));
    assertThat(answer(log.durablePosition(id))).isZero();
    assertThat(answer(log.read(id, 0, ALL))).isEmpty();
  }

  @Test
  void shouldNotKnowASessionThatWasNeverOpened() {
    SessionId other = new SessionId(id.high(), ~id.low());

    assertThat(failure(log.session(other))).isInstanceOf(SessionUnknownException.class);
    assertThat(failure(log.append(other, FIRST, List.of())))
        .isInstanceOf(SessionUnknownException.class);
    assertThat(failure(log.read(other, 0, ALL))).isInstanceOf(SessionUnknownException.class);
    assertThat(failure(log.claim(other, FIRST, SECOND, BACKUP)))
        .isInstanceOf(SessionUnknownException.class);
  }

  @Test
  void shouldReadBackWhatWasAppended() {
    LogRecord hello = input(0, 0, "hello");
    LogRecord again = input(5, 12, "again");

    assertThat(append(hello)).isEqualTo(5);
    assertThat(append(again)).isEqualTo(10);

    assertThat(answer(log.read(id, 0, ALL))).containsExactly(hello, again);
    assertThat(answer(log.durablePosition(id))).isEqualTo(10);
    assertThat(answer(log.session(id)).endPosition()).isEqualTo(10);
  }

  @Test
  void shouldPassOverWhatItHoldsAlready() {
    append(input(0, 0, "hello"));

    assertThat(append(input(0, 99, "HELLO"))).isEqualTo(5);
    assertThat(append(input(3, 99, "LOagain"))).isEqualTo(10);

    assertThat(answer(log.read(id, 0, ALL)))
        .containsExactly(input(0, 0, "hello"), input(5, 99, "again"));
  }

  @Test
  void shouldKeepNothingBehindAHole() {
    append(input(0, 0, "hello"));

    assertThat(append(input(6, 0, "hole"), input(5, 0, "late"))).isEqualTo(5);

    assertThat(answer(log.read(id, 0, ALL))).containsExactly(input(0, 0, "hello"));
  }

  @Test
  void shouldReadFromTheMiddleOfARecord() {
    append(input(0, 3, "hello"), input(5, 4, "again"));

    assertThat(answer(log.read(id, 2, ALL)))
        .containsExactly(input(2, 3, "llo"), input(5, 4, "again"));
    assertThat(answer(log.read(id, 10, ALL))).isEmpty();
    assertThat(failure(log.read(id, 11, ALL))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldReadNoMoreThanWantedButOneRecordAtLeast() {
    append(input(0, 0, "hello"), input(5, 0, "again"), input(10, 0, "!"));

    assertThat(answer(log.read(id, 0, 10))).hasSize(2);
    assertThat(answer(log.read(id, 0, 9))).hasSize(1);
    assertThat(answer(log.read(id, 0, 1))).hasSize(1);
  }

  @Test
  void shouldOpenTwiceOnlyForTheSameServer() {
    append(input(0, 0, "hello"));

    answer(log.open(SessionRecord.begun(id, "7001", SERVER, KEY)));

    assertThat(answer(log.durablePosition(id))).isEqualTo(5);
    assertThat(failure(log.open(SessionRecord.begun(id, "7001", RIVAL, KEY))))
        .isInstanceOf(FencedException.class);
  }

  @Test
  void shouldBeginWhereASessionIsOpened() {
    SessionId later = new SessionId(id.high(), ~id.low());
    SessionRecord record = SessionRecord.begun(later, "7001", SERVER, KEY).holding(100, 100);

    answer(log.open(record));

    assertThat(answer(log.append(later, FIRST, List.of(input(95, 0, "hello again")))))
        .isEqualTo(106);
    assertThat(answer(log.read(later, 100, ALL))).containsExactly(input(100, 0, " again"));
    assertThat(failure(log.read(later, 99, ALL))).isInstanceOf(LogTruncatedException.class);
  }

  @Test
  void shouldRefuseTheOldServerOnceABackupHasClaimed() {
    append(input(0, 0, "hello"));

    SessionRecord claimed = answer(log.claim(id, FIRST, SECOND, BACKUP));

    assertThat(claimed.epoch()).isEqualTo(SECOND);
    assertThat(claimed.server()).isEqualTo(BACKUP);
    assertThat(claimed.endPosition()).isEqualTo(5);
    assertThat(failure(log.append(id, FIRST, List.of(input(5, 0, "late")))))
        .isInstanceOf(FencedException.class)
        .hasMessage("stale epoch: theirs=0 ours=1 session=" + id.shortString());
    assertThat(failure(log.trim(id, FIRST, 5))).isInstanceOf(FencedException.class);
    assertThat(failure(log.close(id, FIRST))).isInstanceOf(FencedException.class);
    assertThat(failure(log.touch(id, FIRST))).isInstanceOf(FencedException.class);
    assertThat(answer(log.read(id, 0, ALL))).containsExactly(input(0, 0, "hello"));
  }

  @Test
  void shouldLetTheBackupGoOnWhereTheLogEnds() {
    append(input(0, 0, "hello"));
    answer(log.claim(id, FIRST, SECOND, BACKUP));

    assertThat(answer(log.append(id, SECOND, List.of(input(5, 9, "again"))))).isEqualTo(10);

    assertThat(answer(log.read(id, 0, ALL)))
        .containsExactly(input(0, 0, "hello"), input(5, 9, "again"));
  }

  @Test
  void shouldGrantAnEpochOnlyFromTheExpectedOne() {
    answer(log.claim(id, FIRST, SECOND, BACKUP));

    assertThat(failure(log.claim(id, FIRST, THIRD, RIVAL))).isInstanceOf(FencedException.class);
    assertThat(failure(log.claim(id, FIRST, SECOND, RIVAL))).isInstanceOf(FencedException.class);
    assertThat(failure(log.claim(id, SECOND, SECOND, RIVAL)))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(answer(log.session(id)).server()).isEqualTo(BACKUP);
  }

  @Test
  void shouldGrantAnEpochAgainToTheServerThatHasIt() {
    answer(log.claim(id, FIRST, SECOND, BACKUP));

    SessionRecord again = answer(log.claim(id, FIRST, SECOND, BACKUP));

    assertThat(again).isEqualTo(answer(log.session(id)));
  }

  @Test
  void shouldRejectAnEpochThatNobodyHasClaimed() {
    assertThat(failure(log.append(id, SECOND, List.of(input(0, 0, "early")))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldStandStillOnceFenced() {
    append(input(0, 0, "hello"));

    assertThat(answer(log.fence(id, THIRD))).isEqualTo(5);

    assertThat(failure(log.append(id, FIRST, List.of(input(5, 0, "late")))))
        .isInstanceOf(FencedException.class);
    assertThat(failure(log.claim(id, FIRST, SECOND, BACKUP))).isInstanceOf(FencedException.class);
    assertThat(answer(log.fence(id, FIRST))).isEqualTo(5);
    assertThat(answer(log.claim(id, FIRST, THIRD, BACKUP)).endPosition()).isEqualTo(5);
  }

  @Test
  void shouldHoldEverythingFromWhereItWasTrimmed() {
    append(input(0, 0, "hello"), input(5, 0, "again"));

    answer(log.trim(id, FIRST, 7));
    answer(log.trim(id, FIRST, 2));

    assertThat(answer(log.session(id)).startPosition()).isEqualTo(7);
    assertThat(answer(log.read(id, 7, ALL))).containsExactly(input(7, 0, "ain"));
    assertThat(failure(log.read(id, 6, ALL)))
        .isInstanceOf(LogTruncatedException.class)
        .hasMessage("log truncated: wanted=6 start=7 end=10");
    assertThat(failure(log.trim(id, FIRST, 11))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldGoOnWhenEverythingIsTrimmed() {
    append(input(0, 0, "hello"));

    answer(log.trim(id, FIRST, 5));

    assertThat(append(input(5, 0, "again"))).isEqualTo(10);
    assertThat(answer(log.read(id, 5, ALL))).containsExactly(input(5, 0, "again"));
  }

  @Test
  void shouldForgetAClosedSession() {
    append(input(0, 0, "hello"));

    answer(log.close(id, FIRST));
    answer(log.close(id, FIRST));

    assertThat(failure(log.session(id))).isInstanceOf(SessionUnknownException.class);
    assertThat(failure(log.append(id, FIRST, List.of(input(5, 0, "late")))))
        .isInstanceOf(SessionUnknownException.class);
  }

  @Test
  void shouldForgetOnlySessionsWithoutASignOfLife() {
    SessionId abandoned = new SessionId(id.high(), ~id.low());
    answer(log.open(SessionRecord.begun(abandoned, "7001", SERVER, KEY)));
    pass(Duration.ofMinutes(9));
    answer(log.touch(id, FIRST));
    pass(Duration.ofMinutes(1));

    assertThat(answer(log.expire(Duration.ofMinutes(10)))).isEqualTo(1);

    assertThat(failure(log.session(abandoned))).isInstanceOf(SessionUnknownException.class);
    assertThat(answer(log.session(id)).id()).isEqualTo(id);
  }

  @Test
  void shouldGrantAnEpochToOneOfManyRivals() throws Exception {
    int rivals = 4;
    ExecutorService threads = Executors.newFixedThreadPool(rivals);
    CyclicBarrier start = new CyclicBarrier(rivals);
    List<Future<Boolean>> granted = new ArrayList<>();
    for (int i = 0; i < rivals; i++) {
      String rival = "rival-" + i;
      granted.add(threads.submit(() -> claimsAt(start, rival)));
    }
    threads.shutdown();

    int winners = 0;
    for (Future<Boolean> each : granted) {
      winners += each.get(WAIT_S, TimeUnit.SECONDS) ? 1 : 0;
    }

    assertThat(winners).isEqualTo(1);
  }

  @Test
  void shouldHoldTheSameStreamHoweverItWasAppended() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      byte[] stream = new byte[1 + random.nextInt(5000)];
      random.nextBytes(stream);
      SessionId session = new SessionId(id.high() + 1 + seed, id.low());
      answer(log.open(SessionRecord.begun(session, "7001", SERVER, KEY)));

      appendWithRepetitions(session, stream, random);

      assertThat(readInPieces(session, stream.length, random))
          .as("seed=%d", seed)
          .isEqualTo(stream);
    }
  }

  private boolean claimsAt(CyclicBarrier start, String rival) throws Exception {
    start.await(WAIT_S, TimeUnit.SECONDS);
    return log.claim(id, FIRST, SECOND, rival)
        .handle((granted, refused) -> refused == null)
        .toCompletableFuture()
        .get(WAIT_S, TimeUnit.SECONDS);
  }

  /** Ships again from anywhere before the end, and now and then leaves something out. */
  private void appendWithRepetitions(SessionId session, byte[] stream, Random random) {
    long end = 0;
    while (end < stream.length) {
      int from = (int) Math.min(stream.length - 1, Math.max(0, end + random.nextInt(300) - 250));
      int to = from + 1 + random.nextInt(Math.min(500, stream.length - from));
      byte[] bytes = Arrays.copyOfRange(stream, from, to);
      LogRecord record = new LogRecord(LogRecord.Kind.INPUT, from, 0, bytes);
      long expected = from > end ? end : Math.max(end, to);
      end = answer(log.append(session, FIRST, List.of(record)));
      assertThat(end).isEqualTo(expected);
    }
  }

  private byte[] readInPieces(SessionId session, int length, Random random) {
    byte[] stream = new byte[length];
    int position = 0;
    while (position < length) {
      for (LogRecord each : answer(log.read(session, position, random.nextInt(1000)))) {
        assertThat(each.inPosition()).isEqualTo(position);
        System.arraycopy(each.bytes(), 0, stream, position, each.bytes().length);
        position += each.bytes().length;
      }
    }
    return stream;
  }

  private long append(LogRecord... records) {
    return answer(log.append(id, FIRST, List.of(records)));
  }

  private static LogRecord input(long inPosition, long outPosition, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    return new LogRecord(LogRecord.Kind.INPUT, inPosition, outPosition, bytes);
  }

  private static <T> T answer(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(WAIT_S, TimeUnit.SECONDS).join();
  }

  private static Throwable failure(CompletionStage<?> stage) {
    return stage
        .handle((answer, failure) -> failure)
        .thenApply(failure -> failure instanceof CompletionException ? failure.getCause() : failure)
        .toCompletableFuture()
        .orTimeout(WAIT_S, TimeUnit.SECONDS)
        .join();
  }
}
