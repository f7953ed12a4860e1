package dev.belay.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.Background;
import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.Sessions;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.FrameReader;
import dev.belay.agent.wire.FrameWriter;
import dev.belay.agent.wire.PairKeys;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;
import java.io.InputStream;
import java.net.StandardSocketOptions;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link ControlLink} over a real connection; the test is the peer. */
@Timeout(60)
final class ControlLinkTest {
  private static final RunningLoop LOOP = new RunningLoop("control-test-loop");
  private static final SessionId SESSION = new SessionId(1, 2);
  private static final int THREADS = 4;
  private static final int FRAMES = 2000;
  private static final int MANY = 20_000;
  private static final int ENDS = 20;
  private static final int POSITIONS = 30_000;

  private final Heard heard = new Heard();
  private LinkPair pair;
  private ControlLink link;

  /** What the link's owner is told. */
  private static final class Heard implements ControlLink.Listener {
    private final List<Frame> frames = new CopyOnWriteArrayList<>();
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private volatile boolean closesAtOnce;
    private volatile boolean throwsAtAborts;

    @Override
    public void frame(ControlLink link, Frame frame) {
      frames.add(frame);
      if (throwsAtAborts && frame instanceof Frame.Abort) {
        throw new IllegalStateException("of the test");
      }
      if (closesAtOnce) {
        link.close();
      }
    }

    @Override
    public void closed(ControlLink link, String cause, boolean inOrder) {
      ends.add((inOrder ? "in order: " : "broken: ") + cause);
    }
  }

  @BeforeEach
  void open() throws Exception {
    pair = LinkPair.open();
    link = linkOn(pair);
  }

  private ControlLink linkOn(LinkPair of) throws Exception {
    PairKeys keys = new PairKeys(new byte[32], new byte[16], 7);
    ControlLink made = new ControlLink(LOOP.loop(), of.link(), keys, heard, true);
    LOOP.run(made::start);
    return made;
  }

  @AfterEach
  void close() throws Exception {
    LOOP.run(link::close);
    pair.close();
  }

  private static byte[] encode(Frame... frames) {
    FrameWriter writer = new FrameWriter();
    for (Frame frame : frames) {
      writer.write(frame);
    }
    return Arrays.copyOf(writer.array(), writer.size());
  }

  /** So many frames, as the peer reads them. */
  private static List<Frame> receive(LinkPair from, int count) throws Exception {
    FrameReader reader = new FrameReader();
    List<Frame> frames = new ArrayList<>();
    InputStream in = from.peer().getInputStream();
    byte[] buffer = new byte[10_000];
    while (frames.size() < count) {
      reader.feed(buffer, 0, in.read(buffer));
      Frame next;
      while ((next = reader.next()) != null) {
        frames.add(next);
      }
    }
    return frames;
  }

  private void checkEnded(String how) throws Exception {
    Soon.until("closed", () -> !heard.ends.isEmpty());
    link.heartbeat();
    LOOP.settle();
    LOOP.settle();
    assertThat(heard.ends).containsExactly(how);
    assertThat(link.isOpen()).isFalse();
  }

  // ---- sending ----

  @Test
  void shouldSendEveryKindOfFrameAtOnce() throws Exception {
    Session session = Sessions.ofServer();
    session.endOutput();

    link.heartbeat();
    link.fin(session);
    link.abort(SESSION, 3, Refusal.DIVERGED, "why");
    link.linkLost(session);
    link.proof(Bytes.copyOf(new byte[32]));
    link.goodbye("exit");

    assertThat(receive(pair, 6))
        .containsExactly(
            new Frame.Heartbeat(1),
            new Frame.Fin(SESSION, 1, false, 0),
            new Frame.Abort(SESSION, 3, Refusal.DIVERGED.code(), "why"),
            new Frame.LinkLost(SESSION, 1, 0),
            new Frame.Proof(Bytes.copyOf(new byte[32])),
            new Frame.Goodbye("exit"));
  }

  @Test
  void shouldKeepAcknowledgementsForTheNextFlush() throws Exception {
    Session session = Sessions.ofServer();
    session.received(0, 5);

    link.received(session);
    assertThat(pair.peer().getInputStream().available()).isZero();
    link.flush();

    assertThat(receive(pair, 1)).containsExactly(new Frame.Received(SESSION, 1, 5));
    assertThat(session.owesAck()).isFalse();
  }

  @Test
  void shouldSendAnAcknowledgementAtOnce() throws Exception {
    Session session = Sessions.ofServer();
    session.received(0, 5);

    link.receivedNow(session);

    assertThat(receive(pair, 1)).containsExactly(new Frame.Received(SESSION, 1, 5));
    assertThat(session.owesAck()).isFalse();
  }

  /** Ends come so often that the loop looks by itself; it is kept from that for a while. */
  private void holdTheLoopWhilePaced(CountDownLatch mayGoOn) throws Exception {
    CountDownLatch isHeld = new CountDownLatch(1);
    Frame[] ends = new Frame[ENDS];
    Arrays.fill(ends, new Frame.Fin(SESSION, 0, true, 1));
    byte[] many = encode(ends);
    Soon.until(
        "the loop is held",
        () -> {
          pair.peer().getOutputStream().write(many);
          LOOP.loop().execute(() -> holdIfPaced(isHeld, mayGoOn));
          return isHeld.getCount() == 0;
        });
  }

  private void holdIfPaced(CountDownLatch isHeld, CountDownLatch mayGoOn) {
    if (link.isPaced() && isHeld.getCount() > 0) {
      isHeld.countDown();
      await(mayGoOn);
    }
  }

  @Test
  void shouldReadOnWhereEndsAreManyWhenItsOwnerHasThrown() throws Exception {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    holdTheLoopWhilePaced(mayGoOn);
    heard.throwsAtAborts = true;

    pair.peer().getOutputStream().write(encode(abort("first")));
    mayGoOn.countDown();
    Soon.until("thrown", () -> heard.frames.contains(abort("first")));
    heard.throwsAtAborts = false;
    pair.peer().getOutputStream().write(encode(abort("second")));

    Soon.until("heard", () -> heard.frames.contains(abort("second")));
  }

  /** What a reader has read for itself is the loop's to hear. */
  @Test
  void shouldDeliverWhatOthersHaveReadBeforeTheLinkBroke() throws Exception {
    Session session = Sessions.ofServer();
    CountDownLatch mayGoOn = new CountDownLatch(1);
    holdTheLoopWhilePaced(mayGoOn);

    Frame own = new Frame.Fin(session.id(), session.epoch(), false, 0);
    pair.peer().getOutputStream().write(encode(abort("of another session"), own));
    Soon.until(
        "read",
        () -> {
          link.hearEnd(session);
          return session.finalReceived() >= 0;
        });
    pair.reset();
    mayGoOn.countDown();

    Soon.until("closed", () -> !heard.ends.isEmpty());
    assertThat(heard.frames).contains(abort("of another session"));
  }

  /** The loop is held: nobody reads while the peer says its last and goes. */
  @Test
  void shouldHearWhatThePeerHasSaidThoughAWriteHasFailed() throws Exception {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    holdTheLoopWhilePaced(mayGoOn);

    pair.link().option(StandardSocketOptions.SO_RCVBUF, 1 << 20); // more than one event's reads
    Frame[] before = new Frame[200 * ENDS];
    Arrays.fill(before, abort("before"));
    pair.peer().getOutputStream().write(encode(before));
    pair.peer().getOutputStream().write(encode(abort("last")));
    pair.peer().close();
    for (int i = 0; i < 10; i++) { // the first draws a reset, the next fail
      link.heartbeat();
    }
    mayGoOn.countDown();

    Soon.until("closed", () -> !heard.ends.isEmpty());
    assertThat(heard.frames).contains(abort("last"));
    assertThat(heard.ends).containsExactly("in order: end of stream");
  }

  private static Frame abort(String text) {
    return new Frame.Abort(SESSION, 0, Refusal.UNSPECIFIED.code(), text);
  }

  @Test
  void shouldNotLetAReaderWaitForAnotherSessionsFrame() throws Exception {
    Session session = Sessions.ofServer();
    session.received(0, 5);
    CountDownLatch isWriting = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    List<String> slow =
        new AbstractList<>() {
          @Override
          public int size() {
            isWriting.countDown();
            await(mayGoOn);
            return 0;
          }

          @Override
          public String get(int index) {
            throw new IndexOutOfBoundsException(index);
          }
        };
    Background<?> writer = Background.start("writer", () -> sendGroup(slow));
    isWriting.await();

    link.receivedNow(session);

    assertThat(session.owesAck()).isTrue();
    mayGoOn.countDown();
    writer.result();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Void sendGroup(List<String> members) {
    link.group("7000", members);
    return null;
  }

  @Test
  void shouldOweWhatAClosedLinkWasToAcknowledge() throws Exception {
    Session session = Sessions.ofServer();
    session.received(0, 5);
    LOOP.run(link::close);

    link.receivedNow(session);

    assertThat(session.owesAck()).isTrue();
  }

  @Test
  void shouldKeepTheOrderOfEachThreadThatSends() throws Exception {
    CyclicBarrier together = new CyclicBarrier(THREADS);
    List<Background<?>> senders = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int epoch = thread;
      senders.add(Background.start("sender " + thread, () -> send(epoch, together)));
    }

    Map<Integer, List<Integer>> byThread = new HashMap<>();
    for (Frame frame : receive(pair, THREADS * FRAMES)) {
      Frame.Abort abort = (Frame.Abort) frame;
      byThread.computeIfAbsent(abort.epoch(), epoch -> new ArrayList<>()).add(abort.reason());
    }

    assertThat(byThread).hasSize(THREADS);
    assertThat(byThread.values())
        .allSatisfy(reasons -> assertThat(reasons).hasSize(FRAMES).isSorted());
    for (Background<?> sender : senders) {
      sender.result();
    }
  }

  /** Frames that count up to the number of refusals there are, again and again. */
  private Void send(int thread, CyclicBarrier together) throws Exception {
    together.await();
    Refusal[] reasons = Refusal.values();
    for (int i = 0; i < FRAMES; i++) {
      link.abort(SESSION, thread, reasons[i * reasons.length / FRAMES], "x".repeat(i % 100));
    }
    return null;
  }

  @Test
  void shouldSendTheRestWhenASlowPeerReadsOn() throws Exception {
    try (LinkPair slow = LinkPair.narrow()) {
      ControlLink narrow = linkOn(slow);
      String text = "x".repeat(200);
      for (int i = 0; i < FRAMES; i++) {
        narrow.abort(SESSION, i, Refusal.BUSY, text);
      }

      List<Frame> frames = receive(slow, FRAMES);

      for (int i = 0; i < FRAMES; i++) {
        assertThat(frames.get(i)).isEqualTo(new Frame.Abort(SESSION, i, Refusal.BUSY.code(), text));
      }
      assertThat(heard.ends).isEmpty();
      LOOP.run(narrow::close);
    }
  }

  /** As many as a client has sessions, after each new control link. */
  @Test
  void shouldOwePositionsForLongerWhileTooManyWait() throws Exception {
    try (LinkPair slow = LinkPair.narrow()) {
      ControlLink narrow = linkOn(slow);
      Session session = Sessions.ofServer();
      int said = 0;
      for (int i = 0; i < POSITIONS; i++) {
        session.received(0, 1);
        narrow.received(session);
        said += session.owesAck() ? 0 : 1;
        said += narrow.durable(session, i) ? 1 : 0;
      }
      narrow.flush();
      LOOP.settle();
      assertThat(heard.ends).isEmpty();
      assertThat(session.owesAck()).isTrue();

      receive(slow, said);
      narrow.received(session);
      narrow.flush();

      assertThat(receive(slow, 1)).containsExactly(new Frame.Received(SESSION, 1, POSITIONS));
      LOOP.run(narrow::close);
    }
  }

  @Test
  void shouldGiveUpAPeerThatDoesNotRead() throws Exception {
    String text = "x".repeat(200);
    Background<?> sender =
        Background.start(
            "sender",
            () -> {
              while (heard.ends.isEmpty()) {
                link.abort(SESSION, 0, Refusal.BUSY, text);
              }
              return null;
            });

    sender.result();

    checkEnded("broken: the peer does not read its control link");
  }

  // ---- receiving ----

  @Test
  void shouldDeliverFramesInOrderHoweverTheyArrive() throws Exception {
    Random random = new Random(1);
    List<Frame> sent = new ArrayList<>();
    for (int i = 0; i < FRAMES; i++) {
      sent.add(new Frame.Received(SESSION, i, random.nextInt(Integer.MAX_VALUE)));
    }
    byte[] bytes = encode(sent.toArray(new Frame[0]));

    for (int from = 0; from < bytes.length; ) {
      int to = Math.min(bytes.length, from + 1 + random.nextInt(5000));
      pair.send(Arrays.copyOfRange(bytes, from, to));
      from = to;
    }

    Soon.until("all frames", () -> heard.frames.size() == FRAMES);
    assertThat(heard.frames).isEqualTo(sent);
  }

  @Test
  void shouldLetOthersHaveTheirTurnWhileAPeerSendsWithoutEnd() throws Exception {
    Frame[] many = new Frame[MANY];
    Arrays.fill(many, new Frame.Heartbeat(1));
    byte[] bytes = encode(many);
    LOOP.run(
        () -> {
          pair.send(bytes);

          link.silentNs(-1);

          assertThat(heard.frames).hasSizeBetween(1, MANY / 2);
        });

    Soon.until("all frames", () -> heard.frames.size() == MANY);
  }

  @Test
  void shouldHearThatThePeerIsAlive() throws Exception {
    long before = link.heardNs();

    pair.send(encode(new Frame.Heartbeat(1)));

    Soon.until("heard", () -> link.heardNs() > before);
  }

  @Test
  void shouldReadWhatHasComeBeforeItCallsThePeerSilent() throws Exception {
    LOOP.run(
        () -> {
          pair.send(encode(new Frame.Heartbeat(1)));

          link.silentNs(-1);

          assertThat(heard.frames).containsExactly(new Frame.Heartbeat(1));
        });
  }

  @Test
  void shouldCountASilenceShorterByItsOwnPause() throws Exception {
    long heardNs = link.heardNs();

    link.forgiveSilence(1);
    assertThat(link.heardNs()).isEqualTo(heardNs + 1);
    link.forgiveSilence(Long.MAX_VALUE);

    assertThat(link.heardNs()).isGreaterThan(heardNs + 1).isLessThanOrEqualTo(System.nanoTime());
  }

  @Test
  void shouldNumberDataLinksOnce() {
    assertThat(List.of(link.nextLinkNumber(), link.nextLinkNumber(), link.nextLinkNumber()))
        .doesNotHaveDuplicates()
        .isSorted();
  }

  // ---- ends ----

  @Test
  void shouldSayOnceThatThePeerHasEnded() throws Exception {
    pair.peer().close();

    checkEnded("in order: end of stream");
  }

  @Test
  void shouldDeliverWhatCameBeforeTheEnd() throws Exception {
    pair.send(encode(new Frame.Goodbye("exit")));
    pair.peer().close();

    checkEnded("in order: end of stream");
    assertThat(heard.frames).containsExactly(new Frame.Goodbye("exit"));
  }

  @Test
  void shouldSayOnceThatTheLinkBroke() throws Exception {
    pair.reset();

    checkEnded("broken: Connection reset");
  }

  @Test
  void shouldSayOnceThatASenderFoundTheLinkBroken() throws Exception {
    LOOP.run(
        () -> {
          pair.reset();
          link.heartbeat();
          link.heartbeat();
        });

    Soon.until("closed", () -> !heard.ends.isEmpty());
    LOOP.settle();
    assertThat(heard.ends).hasSize(1);
    assertThat(heard.ends.get(0)).startsWith("broken: ");
  }

  @Test
  void shouldBelieveNothingBehindAGarbledFrame() throws Exception {
    byte[] good = encode(new Frame.Heartbeat(1));
    byte[] garbled = Arrays.copyOf(good, 2 * good.length);
    garbled[good.length + 2] = 0; // no type is 0

    pair.send(garbled);

    checkEnded("broken: garbled frame: bad frame: type=0 length=0");
    assertThat(heard.frames).containsExactly(new Frame.Heartbeat(1));
    assertThat(pair.peer().getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void shouldNeitherSendNorHearAnythingAfterItsClose() throws Exception {
    LOOP.run(link::close);

    link.heartbeat();
    link.goodbye("too late");
    LOOP.settle();

    assertThat(pair.receiveAll()).isEmpty();
    assertThat(heard.ends).isEmpty();
    assertThat(heard.frames).isEmpty();
    assertThat(link.isOpen()).isFalse();
  }

  @Test
  void shouldDeliverNothingMoreWhenItsOwnerClosesItAtTheFirstFrame() throws Exception {
    heard.closesAtOnce = true;

    pair.send(encode(new Frame.Heartbeat(1), new Frame.Heartbeat(2)));

    Soon.until("first", () -> !heard.frames.isEmpty());
    LOOP.settle();
    assertThat(heard.frames).containsExactly(new Frame.Heartbeat(1));
    assertThat(heard.ends).isEmpty();
  }
}
