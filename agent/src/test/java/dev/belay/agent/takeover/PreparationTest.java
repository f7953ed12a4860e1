package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.config.Target;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.NativeStream;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.TurnBatch;
import dev.belay.agent.wire.TurnHeader;
import dev.belay.replicator.log.SessionId;
import java.io.DataInputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A takeover that is brought near, up to the moment in which the session may go there. */
@Timeout(60)
final class PreparationTest implements Preparation.Owner {
  private static final RunningLoop LOOP = new RunningLoop("preparation-test-loop");
  private static final SessionId SESSION = new SessionId(1, 2);
  private static final int EPOCH = 3;
  private static final int LIMIT_BYTES = 1000;
  private static final long PATIENCE_MS = 20_000;

  private final CompletableFuture<String> outcome = new CompletableFuture<>();
  private final Session session =
      Session.ofClient(
          SESSION,
          "7001",
          new Session.Environment(new Ones(), new MemoryBudget(1 << 24), LIMIT_BYTES, () -> {}));

  private FakeDoor door;
  private LinkPair link;
  private Preparation preparation;

  @Override
  public void near(Preparation of) {
    outcome.complete("near");
  }

  @Override
  public void failed(Preparation of, String cause) {
    outcome.complete(cause);
  }

  private String outcome() throws Exception {
    return outcome.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
  }

  @BeforeEach
  void open() throws Exception {
    door = new FakeDoor();
    door.answer(Refusal.BUSY, 0);
    link = LinkPair.open();
  }

  @AfterEach
  void close() throws Exception {
    LOOP.run(preparation::cancel);
    link.close();
    door.close();
  }

  /** The session wants to go there, and a fresh handler is asked for. */
  private void begin(long patienceMs) throws Exception {
    ServerPeer peer = door.peer(LOOP.loop(), PATIENCE_MS);
    CompletableFuture<ControlLink> control = new CompletableFuture<>();
    LOOP.run(() -> peer.whenUp(new Up(control)));
    Target there = new Target("there", 7001, 7401);
    Preparation.Goal goal =
        new Preparation.Goal(there, peer, control.get(PATIENCE_MS, TimeUnit.MILLISECONDS), EPOCH);
    preparation = new Preparation(LOOP.loop(), session, goal, patienceMs, this);
    LOOP.run(() -> peer.track(preparation));
  }

  private void answered(DoorReply reply) throws Exception {
    LOOP.run(() -> preparation.answered(link.link(), reply));
  }

  private void beginAt(long inPosition) throws Exception {
    begin(PATIENCE_MS);
    answered(DoorReply.replay(inPosition, -1, false));
  }

  private void write(int length) {
    session.sending();
    session.sent(0, length);
  }

  /** One batch with one record: its length and turn. */
  private String readTurn() throws Exception {
    DataInputStream in = new DataInputStream(link.peer().getInputStream());
    int batchBytes = in.readInt();
    int length = in.readInt();
    long turn = in.readLong();
    in.skipNBytes(length);
    assertThat(batchBytes).isEqualTo(length + TurnHeader.HEADER_BYTES);
    assertThat(TurnBatch.HEADER_BYTES).isEqualTo(Integer.BYTES);
    return length + " at " + turn;
  }

  @Test
  void shouldSendTheLogAndThenWhatIsWrittenMeanwhile() throws Exception {
    write(100);
    beginAt(40);
    assertThat(readTurn()).isEqualTo("60 at 0");

    LOOP.run(() -> session.received(0, 7));
    LOOP.run(() -> write(5));

    assertThat(readTurn()).isEqualTo("5 at 7");
  }

  @Test
  void shouldTellWhatTheClientHasReceivedAndThenBeNear() throws Exception {
    write(100);
    session.received(0, 30);
    beginAt(0);
    Frame told;
    do {
      told = door.read();
    } while (!(told instanceof Frame.Compare));
    assertThat(((Frame.Compare) told).receivedPosition()).isEqualTo(30);

    LOOP.run(() -> preparation.reached(100, 29));
    assertThat(outcome).isNotDone();

    LOOP.run(() -> preparation.reached(100, 30));
    for (int i = 0;
        i < 10;
        i++) { // a slow machine makes any distance long: then it is a steady one
      LOOP.run(() -> preparation.reached(100, 30));
    }

    assertThat(outcome()).isEqualTo("near");
    assertThat(LOOP.call(preparation::isUsable)).isTrue();
  }

  @Test
  void shouldFailWhenTheServerWillNotHaveIt() throws Exception {
    begin(PATIENCE_MS);

    answered(DoorReply.refused(Refusal.BUSY, "too many"));

    assertThat(outcome()).contains("too many");
  }

  @Test
  void shouldFailWhenTheServerWantsWhatIsNotKept() throws Exception {
    write(100);

    beginAt(101);

    assertThat(outcome()).isEqualTo("not kept here: in=101");
  }

  @Test
  void shouldFailWhenTheServerWantsInputWhoseTurnsWereGivenUp() throws Exception {
    write(LIMIT_BYTES);
    write(100);
    session
        .sentLog()
        .durable(500); // others have come to hold the log, but not all that has no turns
    assertThat(session.sentLog().mayMove()).isTrue();

    beginAt(LIMIT_BYTES);

    assertThat(outcome()).isEqualTo("its turns were given up: in=1000");
  }

  /** Though others hold the log by the time that anybody looks. */
  @Test
  void shouldFailWhenTurnsAreGivenUpMeanwhile() throws Exception {
    write(100);
    beginAt(0);
    assertThat(readTurn()).isEqualTo("100 at 0");

    LOOP.run(
        () -> {
          write(LIMIT_BYTES);
          session.sentLog().durable(500);
        });

    assertThat(outcome()).isEqualTo("the input log was given up");
    assertThat(LOOP.call(preparation::isUsable)).isFalse();
  }

  @Test
  void shouldFailWhenTheLinkIsLost() throws Exception {
    beginAt(0);

    link.peer().close();

    assertThat(outcome()).isEqualTo("the prepared link is lost");
  }

  @Test
  void shouldFailWhenTheServerHasGivenUp() throws Exception {
    beginAt(0);

    door.send(new Frame.Stays(SESSION, EPOCH, "it differs"));

    assertThat(outcome()).isEqualTo("it differs");
  }

  @Test
  void shouldNotBeDisownedWhenTheServerAsksForIt() throws Exception {
    SessionId another = new SessionId(3, 4);
    beginAt(0);

    door.send(new Frame.Sent(SESSION, EPOCH, 0));
    door.send(new Frame.Sent(another, EPOCH, 0));

    Frame answer;
    do {
      answer = door.read();
    } while (!(answer instanceof Frame.Abort));
    assertThat(((Frame.Abort) answer).session()).isEqualTo(another);
    assertThat(LOOP.call(preparation::isUsable)).isTrue();
  }

  @Test
  void shouldFailWhenTheHandlerDoesNotComeNearer() throws Exception {
    write(100);
    begin(50);
    answered(DoorReply.replay(0, -1, false));

    assertThat(outcome()).startsWith("the fresh handler does not come nearer");
  }

  @Test
  void shouldBeUsableOnlyWithTheControlLinkThatItBeganWith() throws Exception {
    beginAt(0);
    assertThat(LOOP.call(preparation::isUsable)).isTrue();

    LOOP.run(() -> preparation.goal().peer().renew(preparation.goal().control()));

    assertThat(outcome()).contains("pair unknown");
    assertThat(LOOP.call(preparation::isUsable)).isFalse();
  }

  private record Up(CompletableFuture<ControlLink> link) implements ServerPeer.Waiter {
    @Override
    public void up(ControlLink now) {
      link.complete(now);
    }

    @Override
    public void failed(ServerPeer.Failure failure, String cause) {
      link.completeExceptionally(new IllegalStateException(cause));
    }
  }

  /** What is written and read, the same byte all the time. */
  private static final class Ones implements NativeStream {
    @Override
    public void copy(long address, byte[] target, int offset, int length) {
      Arrays.fill(target, offset, offset + length, (byte) 1);
    }

    @Override
    public void copyOut(byte[] source, int offset, long address, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int checksum(int register, long address, int length) {
      return register;
    }

    @Override
    public long vectorBase(long vectors, int index) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int vectorLength(long vectors, int index) {
      throw new UnsupportedOperationException();
    }
  }
}
