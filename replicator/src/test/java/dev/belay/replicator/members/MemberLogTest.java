package dev.belay.replicator.members;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.replicator.cluster.HeldMemory;
import dev.belay.replicator.held.HeldRecord;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.FencedException;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.log.SessionUnknownException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of logs when members die, stop, leave and come back; in virtual time. */
final class MemberLogTest {

  private static final Epoch FIRST = Epoch.FIRST;
  private static final Epoch SECOND = FIRST.next();
  private static final SessionId ID = new SessionId(7, 11);
  private static final int ALL = Integer.MAX_VALUE;

  private final SimulatedCluster cluster = new SimulatedCluster(1, new byte[] {5});
  private final SimulatedCluster.Process a = cluster.join("a");

  @Test
  void shouldNotCallDurableWhatOnlyItsServerHolds() {
    assertThat(cluster.failure(a.log().open(begun(ID)))).isInstanceOf(NoAnswerException.class);
    assertThat(cluster.failure(append(a, FIRST, 0, "hello"))).isInstanceOf(NoAnswerException.class);
    assertThat(a.holder().size()).isZero();
  }

  @Test
  void shouldHoldTheLogOnAnotherMember() {
    SimulatedCluster.Process b = cluster.join("b");

    openAndAppend("hello");

    assertThat(b.holder().size()).isEqualTo(1);
    assertThat(a.holder().size()).isZero();
  }

  @Test
  void shouldAskForTheLogAgainWhenItsHolderIsKilled() {
    cluster.join("b");
    cluster.join("c");
    openAndAppend("hello");
    SimulatedCluster.Process holder = holder();

    holder.kill();

    assertThat(cluster.failure(append(a, FIRST, 5, "again"))).isInstanceOf(NoAnswerException.class);
    cluster.run(Duration.ofMillis(200));
    assertThat(cluster.failure(append(a, FIRST, 5, "again")))
        .isInstanceOf(SessionUnknownException.class);
    cluster.answer(a.log().open(begun(ID)));
    assertThat(cluster.answer(append(a, FIRST, 0, "helloagain"))).isEqualTo(10);
    assertThat(holder()).isNotSameAs(holder);
  }

  @Test
  void shouldGiveUpAHolderThatIsSilent() {
    cluster.join("b");
    cluster.join("c");
    openAndAppend("hello");
    SimulatedCluster.Process silent = holder();

    silent.stop();

    assertThat(cluster.failure(append(a, FIRST, 5, "a"))).isInstanceOf(NoAnswerException.class);
    cluster.run(Duration.ofSeconds(3));
    assertThat(cluster.failure(append(a, FIRST, 5, "a")))
        .isInstanceOf(SessionUnknownException.class);
    cluster.answer(a.log().open(begun(ID)));
    assertThat(cluster.answer(append(a, FIRST, 0, "helloa"))).isEqualTo(6);
  }

  @Test
  void shouldStayWithAHolderThatWasSilentForAMoment() {
    cluster.join("b");
    cluster.join("c");
    openAndAppend("hello");

    holder().stop();
    CompletionStage<Long> answer = append(a, FIRST, 5, "again");
    cluster.run(Duration.ofMillis(800));
    holder().goOn();

    assertThat(cluster.answer(answer)).isEqualTo(10);
    assertThat(cluster.answer(append(a, FIRST, 10, "!"))).isEqualTo(11);
  }

  @Test
  void shouldGrantAClaimAtOnceWhileTheServerIsStopped() {
    cluster.join("b");
    cluster.join("c");
    openAndAppend("hello");
    SimulatedCluster.Process holder = holder();
    a.stop();
    long beforeNs = cluster.nowNs();

    SessionRecord claimed = cluster.answer(holder.log().claim(ID, FIRST, SECOND, holder.server()));

    assertThat(claimed.endPosition()).isEqualTo(5);
    assertThat(claimed.sealedKey()).containsExactly(1, 2, 3);
    assertThat(cluster.nowNs() - beforeNs).isLessThan(TimeUnit.MILLISECONDS.toNanos(2));
    assertThat(text(cluster.answer(holder.log().read(ID, 0, ALL)))).isEqualTo("hello");
  }

  @Test
  void shouldGrantAClaimToAMemberThatHoldsNothing() {
    cluster.join("b");
    cluster.join("c");
    openAndAppend("hello");
    SimulatedCluster.Process other = otherThanHolder();
    a.stop();

    SessionRecord claimed = cluster.answer(other.log().claim(ID, FIRST, SECOND, other.server()));

    assertThat(claimed.endPosition()).isEqualTo(5);
    assertThat(text(cluster.answer(other.log().read(ID, 0, ALL)))).isEqualTo("hello");
    assertThat(cluster.answer(append(other, SECOND, 5, "again"))).isEqualTo(10);
  }

  @Test
  void shouldNotWaitLongForAThirdMemberThatIsSilent() {
    cluster.join("b");
    cluster.join("c");
    openAndAppend("hello");
    SimulatedCluster.Process holder = holder();
    otherThanHolder().stop();
    a.kill();
    long beforeNs = cluster.nowNs();

    cluster.answer(holder.log().claim(ID, FIRST, SECOND, holder.server()));

    assertThat(cluster.nowNs() - beforeNs).isLessThanOrEqualTo(Patience.USUAL.foundNs());
  }

  @Test
  void shouldNotWaitLongToSayThatNobodyKnowsASession() {
    SimulatedCluster.Process b = cluster.join("b");
    cluster.join("c");
    a.stop();
    long beforeNs = cluster.nowNs();

    assertThat(cluster.failure(b.log().session(ID))).isInstanceOf(NoAnswerException.class);

    assertThat(cluster.nowNs() - beforeNs).isLessThanOrEqualTo(Patience.USUAL.nothingNs());
    a.goOn();
    assertThat(cluster.failure(b.log().session(ID))).isInstanceOf(SessionUnknownException.class);
  }

  @Test
  void shouldRefuseTheOldServerWhenItWakesUp() {
    cluster.join("b");
    openAndAppend("hello");
    SimulatedCluster.Process holder = holder();
    CompletionStage<Long> onItsWay = append(a, FIRST, 5, "late");
    a.stop();
    cluster.answer(holder.log().claim(ID, FIRST, SECOND, holder.server()));

    a.goOn();

    assertThat(cluster.failure(onItsWay)).isInstanceOf(FencedException.class);
    assertThat(cluster.failure(a.log().touch(ID, FIRST))).isInstanceOf(FencedException.class);
    assertThat(text(cluster.answer(holder.log().read(ID, 0, ALL)))).isEqualTo("hello");
  }

  @Test
  void shouldKeepItsOwnCopyReadableUntilItIsHeldElsewhere() {
    cluster.join("b");
    openAndAppend("hello");
    SimulatedCluster.Process holder = holder();
    a.stop();
    cluster.answer(holder.log().claim(ID, FIRST, SECOND, holder.server()));
    a.goOn();

    assertThat(cluster.failure(append(holder, SECOND, 5, "!")))
        .isInstanceOf(SessionUnknownException.class);
    SessionRecord record = new SessionRecord(ID, SECOND, "7001", "b", new byte[] {1, 2, 3}, 0, 0);
    cluster.answer(holder.log().open(record));
    assertThat(cluster.answer(append(holder, SECOND, 0, "hel"))).isEqualTo(3);
    assertThat(text(cluster.answer(holder.log().read(ID, 0, ALL)))).isEqualTo("hello");

    assertThat(cluster.answer(append(holder, SECOND, 3, "lo!"))).isEqualTo(6);
    assertThat(holder.holder().size()).isZero();
    assertThat(text(cluster.answer(holder.log().read(ID, 0, ALL)))).isEqualTo("hello!");
  }

  /** It has missed a claim, but what it holds is the client's. */
  @Test
  void shouldTakeTheLongerCopyOfAnEarlierIncarnation() {
    SimulatedCluster.Process b = cluster.join("b");
    SimulatedCluster.Process c = cluster.join("c");
    hold(b, FIRST, "hello again");
    hold(c, SECOND, "hel");

    SessionRecord seen = cluster.answer(a.log().session(ID));
    assertThat(seen.epoch()).isEqualTo(SECOND);
    assertThat(seen.endPosition()).isEqualTo(11);
    Epoch third = SECOND.next();
    assertThat(cluster.answer(a.log().claim(ID, SECOND, third, "a")).endPosition()).isEqualTo(11);
    assertThat(text(cluster.answer(a.log().read(ID, 0, ALL)))).isEqualTo("hello again");
    assertThat(cluster.failure(append(b, SECOND, 3, "lo"))).isInstanceOf(FencedException.class);
    assertThat(cluster.failure(b.log().claim(ID, FIRST, SECOND, "b")))
        .isInstanceOf(FencedException.class);
  }

  @Test
  void shouldWaitForACopyThatReachesAsFarAsIsWanted() {
    SimulatedCluster.Process b = cluster.join("b");
    SimulatedCluster.Process c = cluster.join("c");
    hold(b, FIRST, "hel");
    hold(c, FIRST, "hello again");
    c.stop();
    CompletionStage<SessionRecord> look = a.log().session(ID, 11);
    CompletionStage<SessionRecord> claim = a.log().claim(ID, FIRST, SECOND, "a", 11);
    cluster.run(Duration.ofMillis(300));

    c.goOn();

    assertThat(cluster.answer(look).endPosition()).isEqualTo(11);
    assertThat(cluster.answer(claim).endPosition()).isEqualTo(11);
    assertThat(text(cluster.answer(a.log().read(ID, 0, ALL)))).isEqualTo("hello again");
  }

  /** Nobody can know whether there is any. */
  @Test
  void shouldNotWaitForEverForALongerCopy() {
    hold(cluster.join("b"), FIRST, "hel");
    cluster.join("c").stop();
    long beforeNs = cluster.nowNs();

    CompletionStage<SessionRecord> claim = a.log().claim(ID, FIRST, SECOND, "a", 11);

    assertThat(cluster.answer(claim).endPosition()).isEqualTo(3);
    assertThat(cluster.nowNs() - beforeNs).isLessThanOrEqualTo(Patience.USUAL.nothingNs());
  }

  @Test
  void shouldFindTheLongerCopyThatAClaimHasMissed() {
    SimulatedCluster.Process b = cluster.join("b");
    SimulatedCluster.Process c = cluster.join("c");
    hold(b, FIRST, "hel");
    hold(c, FIRST, "hello again");
    c.loseOne();
    assertThat(cluster.answer(a.log().claim(ID, FIRST, SECOND, "a", 11)).endPosition())
        .isEqualTo(3);

    SessionRecord seen = cluster.answer(a.log().session(ID, 11));
    SessionRecord claimed = cluster.answer(a.log().claim(ID, seen.epoch(), SECOND.next(), "a", 11));

    assertThat(claimed.endPosition()).isEqualTo(11);
    assertThat(text(cluster.answer(a.log().read(ID, 0, ALL)))).isEqualTo("hello again");
  }

  @Test
  void shouldReplaceAnOutdatedCopyWhole() {
    SimulatedCluster.Process b = cluster.join("b");
    hold(b, FIRST, "hello again");
    SessionRecord record = new SessionRecord(ID, SECOND, "7001", "a", new byte[0], 0, 0);

    cluster.answer(a.log().open(record));
    assertThat(cluster.answer(append(a, SECOND, 0, "hel"))).isEqualTo(3);

    assertThat(text(cluster.answer(a.log().read(ID, 0, ALL)))).isEqualTo("hel");
    assertThat(cluster.failure(a.log().open(begun(ID)))).isInstanceOf(FencedException.class);
  }

  @Test
  void shouldBringNothingNewToAHolderWithoutRoom() {
    SimulatedCluster.Process full = cluster.join("b", 1000);
    cluster.answer(a.log().open(begun(ID)));
    assertThat(cluster.failure(append(a, FIRST, 0, "x".repeat(1000)))).hasMessageContaining("held");
    SimulatedCluster.Process other = cluster.join("c");

    for (int i = 0; i < 20; i++) {
      cluster.answer(a.log().open(begun(new SessionId(i, 1))));
    }

    assertThat(full.holder().size()).isEqualTo(1);
    assertThat(other.holder().size()).isEqualTo(20);
    cluster.run(Duration.ofSeconds(10));
    for (int i = 0; i < 20; i++) {
      cluster.answer(a.log().open(begun(new SessionId(i, 2))));
    }
    assertThat(full.holder().size()).isGreaterThan(1);
  }

  @Test
  void shouldNeedNoRoomForWhatIsHeldAlready() {
    Holder full = new Holder(cluster::nowNs, HeldMemory.of(1000), line -> {});
    Runs runs = new Runs(new Seal(null));
    full.answer(new Call.Open(begun(ID)));
    assertThat(full.answer(new Call.Append(ID, FIRST, runs.close(ID, List.of(input(0, "hello"))))))
        .isEqualTo(new Answer.Number(5));

    LogRecord again = input(0, "hello");
    LogRecord next = input(5, "x".repeat(300));
    List<HeldRecord<byte[]>> both = new ArrayList<>(runs.close(ID, List.of(again)));
    both.addAll(runs.close(ID, List.of(next)));

    assertThat(full.answer(new Call.Append(ID, FIRST, both))).isEqualTo(new Answer.Number(305));
    LogRecord much = input(305, "x".repeat(300));
    assertThat(full.answer(new Call.Append(ID, FIRST, runs.close(ID, List.of(much)))).kind())
        .isEqualTo(Answer.Kind.FULL);
  }

  @Test
  void shouldSendTheAppendsOfManySessionsTogether() {
    cluster.join("b");
    List<SessionId> ids = new ArrayList<>();
    List<CompletionStage<?>> answers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      SessionId id = new SessionId(i, 1);
      ids.add(id);
      answers.add(a.log().open(begun(id)));
    }
    answers.forEach(cluster::answer);
    int asksBefore = cluster.asks();

    answers.clear();
    for (SessionId id : ids) {
      answers.add(a.log().append(id, FIRST, List.of(input(0, "hello"))));
    }
    answers.forEach(cluster::answer);

    assertThat(cluster.asks() - asksBefore).isEqualTo(1);
  }

  @Test
  void shouldFailWhatWaitsForAHolderThatLeaves() {
    cluster.join("b");
    openAndAppend("hello");
    holder().kill();
    List<CompletionStage<Long>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(append(a, FIRST, 5, "again"));
      cluster.run(Duration.ofMillis(1));
    }

    for (CompletionStage<Long> each : answers) {
      assertThat(cluster.failure(each)).isInstanceOf(NoAnswerException.class);
    }
  }

  private void openAndAppend(String text) {
    cluster.answer(a.log().open(begun(ID)));
    assertThat(cluster.answer(append(a, FIRST, 0, text))).isEqualTo(text.length());
  }

  /** A copy that came there by some way. */
  private void hold(SimulatedCluster.Process process, Epoch epoch, String text) {
    SessionRecord record = new SessionRecord(ID, epoch, "7001", "x", new byte[0], 0, 0);
    Seal seal = new Seal(new byte[] {5});
    byte[] key = seal.seal(Seal.Use.KEY, ID, 0, 0, new byte[] {1, 2, 3});
    SessionRecord sealed = new SessionRecord(ID, epoch, "7001", record.server(), key, 0, 0);
    process.holder().answer(new Call.Open(sealed));
    process
        .holder()
        .answer(new Call.Append(ID, epoch, new Runs(seal).close(ID, List.of(input(0, text)))));
  }

  private SimulatedCluster.Process holder() {
    return cluster.members().stream()
        .filter(each -> each.holder().size() > 0)
        .findFirst()
        .orElseThrow();
  }

  private SimulatedCluster.Process otherThanHolder() {
    return cluster.members().stream()
        .filter(each -> each != a && each.holder().size() == 0)
        .findFirst()
        .orElseThrow();
  }

  private static CompletionStage<Long> append(
      SimulatedCluster.Process by, Epoch epoch, long position, String text) {
    return by.log().append(ID, epoch, List.of(input(position, text)));
  }

  private static SessionRecord begun(SessionId id) {
    return SessionRecord.begun(id, "7001", "a", new byte[] {1, 2, 3});
  }

  private static LogRecord input(long position, String text) {
    return new LogRecord(LogRecord.Kind.INPUT, position, 0, text.getBytes(US_ASCII));
  }

  private static String text(List<LogRecord> records) {
    StringBuilder text = new StringBuilder();
    for (LogRecord each : records) {
      text.append(new String(each.bytes(), US_ASCII));
    }
    return text.toString();
  }
}
