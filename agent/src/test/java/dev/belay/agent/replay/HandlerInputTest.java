package dev.belay.agent.replay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.Sessions;
import dev.belay.agent.session.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;

/**
 * {@link HandlerInput}: each turn behind the write that it waits for, by the writer's own thread.
 */
@Timeout(60)
final class HandlerInputTest {
  private static final int MUCH_BYTES = 16 << 20;

  private final Session session = Sessions.ofServer();
  private final ReplayFeed feed = new ReplayFeed(1000, 0, MUCH_BYTES);
  private LinkPair doorbell;
  private HandlerInput input;

  @BeforeEach
  void ring() throws IOException {
    doorbell = LinkPair.open();
    input = new HandlerInput(session, doorbell.link(), feed);
  }

  @AfterEach
  void close() throws IOException {
    doorbell.close();
  }

  private void offer(long turn, String text) {
    feed.offer(turn, text.getBytes(US_ASCII));
  }

  /** As the hook does it, but without the bytes themselves on the doorbell. */
  private void handlerWrites(int bytes) {
    ByteBuffer output = ByteBuffer.allocateDirect(bytes);
    session.sent(BelayNative.address(output), bytes);
  }

  private String handlerReads(int bytes) throws IOException {
    return new String(doorbell.receive(bytes), US_ASCII);
  }

  @Test
  void shouldGiveTheTurnThatAWriteHasReached() throws Exception {
    offer(0, "a");
    offer(2, "b");
    offer(3, "c");
    input.give();
    handlerWrites(2);

    boolean needsNoLoop = input.giveBehindWrite();

    assertThat(needsNoLoop).isTrue();
    assertThat(handlerReads(2)).isEqualTo("ab");
    assertThat(doorbell.peer().getInputStream().available()).isZero();
    assertThat(feed.fedPosition()).isEqualTo(2);
  }

  @Test
  void shouldGiveTurnsThatAreDueTogetherInOnePieceAndInOrder() throws Exception {
    byte[] large = new byte[5000];
    Arrays.fill(large, (byte) 'L');
    offer(0, "a");
    offer(0, "b");
    feed.offer(0, large);
    offer(0, "c");

    input.give();

    assertThat(handlerReads(2)).isEqualTo("ab");
    assertThat(doorbell.receive(5000)).isEqualTo(large);
    assertThat(handlerReads(1)).isEqualTo("c");
    assertThat(input.isAllGiven()).isTrue();
  }

  @Test
  void shouldHaveTheLoopLookWhenNothingIsLeftToGive() {
    offer(0, "a");
    handlerWrites(1);

    assertThat(input.giveBehindWrite()).isFalse();
    assertThat(feed.fedPosition()).isEqualTo(1);
  }

  @Test
  void shouldHaveTheLoopLookWhenTheDoorbellTakesNoMore() {
    feed.offer(0, new byte[MUCH_BYTES]);
    handlerWrites(1);

    assertThat(input.giveBehindWrite()).isFalse();
    assertThat(input.isHalfGiven()).isTrue();
  }

  @Test
  void shouldHaveTheLoopLookAfterSomeWritesThatNothingWasGivenFor() {
    offer(500, "b");
    int quiet = 0;
    do {
      handlerWrites(1);
    } while (input.giveBehindWrite() && quiet++ < 500);

    assertThat(quiet).isBetween(1, 10);
    assertThat(feed.fedPosition()).isZero();
  }

  @Test
  void shouldHaveTheLoopLookWhenTheHandlerHasClosed() throws Exception {
    offer(0, "a");
    offer(9, "b");
    session.closeLocally();

    assertThat(input.giveBehindWrite()).isFalse();
    assertThat(feed.isFed()).isFalse();
    assertThat(input.isAllGiven()).isTrue();
  }

  @Test
  void shouldGiveNothingOnceTheDoorbellIsToBeTakenAway() throws Exception {
    offer(0, "a");
    input.end();

    input.give();
    input.giveBehindWrite();

    assertThat(doorbell.peer().getInputStream().available()).isZero();
    assertThat(feed.fedPosition()).isZero();
  }
}
