package dev.belay.agent.wire;

import static dev.belay.agent.wire.Samples.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import dev.belay.replicator.log.SessionId;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits to be sent on a control link. */
final class FrameWriterTest {

  private static final int HEARTBEAT_BYTES = 11;
  private static final int ROUNDS = 20_000;

  /** Of the measurement itself. One object a round would be a hundred times more. */
  private static final long NOISE_BYTES = 2048;

  private final FrameWriter writer = new FrameWriter();

  @Test
  void shouldKeepFramesInOrder() throws FrameFormatException {
    writer.heartbeat(1);
    writer.fin(SESSION, 2, false, 3);
    writer.goodbye("bye");

    FrameReader reader = readerOf(Arrays.copyOf(writer.array(), writer.size()));

    assertThat(reader.next()).isEqualTo(new Frame.Heartbeat(1));
    assertThat(reader.next()).isEqualTo(new Frame.Fin(SESSION, 2, false, 3));
    assertThat(reader.next()).isEqualTo(new Frame.Goodbye("bye"));
    assertThat(reader.next()).isNull();
  }

  @Test
  void shouldGoOnWithTheRestWhenOnlyPartOfItWasSent() throws FrameFormatException {
    FrameReader reader = new FrameReader();
    writer.heartbeat(1);
    writer.heartbeat(2);

    reader.feed(writer.array(), 0, HEARTBEAT_BYTES + 4);
    writer.consume(HEARTBEAT_BYTES + 4);
    writer.heartbeat(3);
    reader.feed(writer.array(), 0, writer.size());

    assertThat(reader.next()).isEqualTo(new Frame.Heartbeat(1));
    assertThat(reader.next()).isEqualTo(new Frame.Heartbeat(2));
    assertThat(reader.next()).isEqualTo(new Frame.Heartbeat(3));
    assertThat(reader.next()).isNull();
  }

  @Test
  void shouldDropEverythingFromTheFrameThatDoesNotFitOn() {
    int fitting = FrameWriter.LIMIT_BYTES / HEARTBEAT_BYTES;
    for (int i = 0; i < fitting; i++) {
      writer.heartbeat(i);
    }
    assertThat(writer.isOverflowed()).isFalse();

    writer.goodbye("this is longer than the rest");
    writer.goodbye("");

    assertThat(writer.isOverflowed()).isTrue();
    assertThat(writer.size()).isEqualTo(fitting * HEARTBEAT_BYTES);
    writer.consume(writer.size());
    writer.heartbeat(0);
    assertThat(writer.size()).isZero();
  }

  @Test
  void shouldGiveTheRoomBackWhenAllWasSent() {
    int before = writer.array().length;
    for (int i = 0; i < before; i++) {
      writer.heartbeat(i);
    }
    assertThat(writer.array().length).isGreaterThan(before);

    writer.consume(writer.size());

    assertThat(writer.array()).hasSize(before);
    assertThat(writer.size()).isZero();
  }

  @Test
  void shouldLeaveNoHalfFrameBehindABadValue() {
    writer.heartbeat(1);

    assertThatIllegalArgumentException().isThrownBy(() -> writer.received(SESSION, 1, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.durable(SESSION, -1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.fin(SessionId.ZERO, 1, true, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.abort(SESSION, 1, 1 << 16, ""));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.group("", List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.group("s", List.of("a", "")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.group("s", Collections.nCopies(33, "m")));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.move(SESSION, "x".repeat(129)));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.proof(Bytes.EMPTY));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.identity(Bytes.EMPTY));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.consume(HEARTBEAT_BYTES + 1));

    assertThat(writer.size()).isEqualTo(HEARTBEAT_BYTES);
  }

  @Test
  void shouldSendAFullGroup() throws FrameFormatException {
    Frame.Group group = new Frame.Group("s".repeat(64), Collections.nCopies(32, "m".repeat(128)));

    writer.write(group);

    assertThat(writer.size()).isEqualTo(Frame.HEADER_BYTES + 4194);
    assertThat(readerOf(Arrays.copyOf(writer.array(), writer.size())).next()).isEqualTo(group);
  }

  @Test
  void shouldCutTheTextOfAnAbort() throws FrameFormatException {
    writer.abort(SESSION, 1, 2, "x".repeat(1000));

    FrameReader reader = readerOf(Arrays.copyOf(writer.array(), writer.size()));

    assertThat(reader.next()).isEqualTo(new Frame.Abort(SESSION, 1, 2, "x".repeat(200)));
  }

  @Test
  void shouldNotAllocateForFramesWithoutText() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    appendAndSend();

    long before = threads.getCurrentThreadAllocatedBytes();
    appendAndSend();
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).isLessThan(NOISE_BYTES);
  }

  private void appendAndSend() {
    for (int i = 0; i < ROUNDS; i++) {
      writer.heartbeat(i);
      writer.received(SESSION, 1, i);
      writer.durable(SESSION, 1, i);
      writer.fin(SESSION, 1, true, i);
      writer.linkLost(SESSION, 1, i);
      writer.consume(writer.size());
    }
  }

  private static FrameReader readerOf(byte[] stream) {
    FrameReader reader = new FrameReader();
    reader.feed(stream, 0, stream.length);
    return reader;
  }
}
