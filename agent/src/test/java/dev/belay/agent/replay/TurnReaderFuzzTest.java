package dev.belay.agent.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.wire.FrameFormatException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as a client's log: what a handler is given of them lies in them, in order. */
final class TurnReaderFuzzTest {
  private static final int MOST_BYTES = 16 << 10;

  /** So small that the reader has to wait for the handler. */
  private static final int QUEUE_BYTES = 64;

  /** Lends its buffer, and does nothing else. */
  private static final EventLoop LOOP = new RunningLoop("turn-reader-fuzz-loop").loop();

  static Stream<byte[]> seeds() {
    return Stream.of(
        batch(turn(3, 5), end(5)).array(),
        batch(turn(1, 0), turn(2, 7), turn(200, 1)).array(),
        concat(batch(turn(100, 0)), batch(turn(1, 9), end(Long.MAX_VALUE)), ByteBuffer.allocate(7)),
        concat(batch(end(0), turn(1, 0))),
        concat(ByteBuffer.allocate(4).putInt(65548), ByteBuffer.allocate(100)),
        new byte[0]);
  }

  private static ByteBuffer turn(int length, long outPosition) {
    return ByteBuffer.allocate(12 + length).putInt(length).putLong(outPosition);
  }

  private static ByteBuffer end(long outPosition) {
    return turn(0, outPosition);
  }

  private static ByteBuffer batch(ByteBuffer... records) {
    byte[] all = concat(records);
    return ByteBuffer.allocate(4 + all.length).putInt(all.length).put(all);
  }

  private static byte[] concat(ByteBuffer... parts) {
    int length = Stream.of(parts).mapToInt(ByteBuffer::capacity).sum();
    ByteBuffer whole = ByteBuffer.allocate(length);
    Stream.of(parts).forEach(part -> whole.put(part.array()));
    return whole.array();
  }

  @MethodSource("seeds")
  @FuzzTest
  void shouldFeedWhatLiesInTheLogOrRejectIt(byte[] bytes) throws Exception {
    int length = Math.min(bytes.length, MOST_BYTES);
    try (LinkPair pair = LinkPair.open()) {
      pair.link().configureBlocking(true); // the end comes when all has been read
      pair.peer().getOutputStream().write(bytes, 0, length);
      pair.peer().close();
      ReplayFeed feed = new ReplayFeed(0, 0, QUEUE_BYTES);
      TurnReader reader = new TurnReader(LOOP, pair.link(), feed);

      boolean isWhole = read(reader, feed);

      assertTrue(reader.readBytes() <= length);
      assertTrue(feed.offeredPosition() <= length);
      assertEquals(feed.offeredPosition(), feed.fedPosition());
      assertTrue(feed.isFed() || !isWhole);
      if (isWhole) {
        ByteBuffer rest = ByteBuffer.allocate(MOST_BYTES + 1);
        int read = pair.link().read(rest);
        assertEquals(length - reader.readBytes(), Math.max(0, read)); // the application's
      }
    }
  }

  /** Whether there was an end. */
  private static boolean read(TurnReader reader, ReplayFeed feed) throws IOException {
    try {
      while (!reader.isDone()) {
        reader.read();
        eat(feed);
      }
      return true;
    } catch (EOFException | FrameFormatException e) {
      eat(feed); // what came before counts
      return false;
    }
  }

  private static void eat(ReplayFeed feed) {
    byte[] chunk;
    while ((chunk = feed.nextChunk(Long.MAX_VALUE)) != null) {
      feed.consumed(Math.max(1, chunk.length / 2));
    }
  }
}
