package dev.belay.agent.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.agent.session.StreamChecksum;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Any split of the bytes gives the same replay; any wrong byte ends it. */
final class ReplayFeedPropertyTest {

  private static final int SCENARIOS = 400;

  @Test
  void shouldFeedAndSuppressTheSameForAnySplit() throws Exception {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Conversation conversation = new Conversation(seed);
      conversation.replay();
      assertThat(conversation.fed.toByteArray()).as("seed=%d", seed).isEqualTo(conversation.input);
      assertThat(conversation.delivered.toByteArray())
          .as("seed=%d", seed)
          .isEqualTo(conversation.missingOutput());
      assertThat(conversation.feed.isFed()).as("seed=%d", seed).isTrue();
      assertThat(conversation.feed.isVerified()).as("seed=%d", seed).isTrue();
    }
  }

  @Test
  void shouldNeverDeliverWhenAByteThatTheClientHasDiffers() {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Conversation conversation = new Conversation(seed);
      conversation.spoilReceivedByte();
      assertThatExceptionOfType(DivergenceException.class)
          .as("seed=%d", seed)
          .isThrownBy(conversation::replay);
      assertThat(conversation.delivered.size()).as("seed=%d", seed).isZero();
    }
  }

  /** What was read when so much had been produced. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Logged(long outPosition, byte[] bytes) {}

  /** The log of a server, and its replay with random pieces on both sides. */
  private static final class Conversation {

    private final Random random;
    private final List<Logged> log = new ArrayList<>();
    private final byte[] input;
    private final byte[] output;
    private final int received;
    private final ReplayFeed feed;
    private final ByteArrayOutputStream fed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream delivered = new ByteArrayOutputStream();
    private int offered;

    Conversation(long seed) {
      random = new Random(seed);
      input = randomBytes(1 + random.nextInt(20_000));
      output = randomBytes(1 + random.nextInt(20_000));
      received = 1 + random.nextInt(output.length);
      StreamChecksum checksum = new StreamChecksum();
      checksum.update(output, 0, received);
      feed = new ReplayFeed(received, checksum.value(), random.nextInt(5000));
      writeLog();
    }

    byte[] missingOutput() {
      return Arrays.copyOfRange(output, received, output.length);
    }

    void spoilReceivedByte() {
      output[random.nextInt(received)] ^= (byte) (1 << random.nextInt(8));
    }

    void replay() throws DivergenceException {
      while (!feed.isFed() || feed.producedPosition() < output.length) {
        offer();
        take();
        produce();
      }
      feed.outputEnded(output.length);
    }

    private void writeLog() {
      int in = 0;
      int out = random.nextInt(output.length);
      while (in < input.length) {
        int length = Math.min(input.length - in, random.nextInt(3000));
        log.add(new Logged(out, Arrays.copyOfRange(input, in, in + length)));
        in += length;
        out = Math.min(output.length, out + random.nextInt(3000));
      }
    }

    private void offer() {
      while (feed.wantsMore() && offered < log.size()) {
        Logged next = log.get(offered++);
        feed.offer(next.outPosition(), next.bytes());
      }
      if (offered == log.size()) {
        feed.endOfLog();
      }
    }

    private void take() {
      byte[] chunk = feed.nextChunk(feed.producedPosition());
      boolean isQueued = feed.offeredPosition() > feed.fedPosition();
      boolean isItsTurn = feed.producedPosition() >= turnAt(feed.fedPosition());
      assertThat(chunk != null).isEqualTo(isQueued && isItsTurn);
      if (chunk != null) {
        int count = random.nextInt(chunk.length + 1);
        fed.write(chunk, 0, count);
        feed.consumed(count);
      }
    }

    /** The output that the input at {@code inPosition} has to wait for, found without the feed. */
    private long turnAt(long inPosition) {
      long position = 0;
      for (Logged each : log) {
        position += each.bytes().length;
        if (position > inPosition) {
          return each.outPosition();
        }
      }
      return output.length;
    }

    private void produce() throws DivergenceException {
      int from = (int) feed.producedPosition();
      int length = Math.min(output.length - from, random.nextInt(2000));
      int suppressed = feed.output(output, from, length);
      delivered.write(output, from + suppressed, length - suppressed);
    }

    private byte[] randomBytes(int length) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    }
  }
}
