package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Any legal value survives the way there and back; random bytes are never mistaken for one. */
final class RandomValuesTest {

  private static final int VALUES = 2_000;
  private static final int GARBAGE = 50_000;
  private static final int STREAMS = 100;
  private static final int UNKNOWN_TYPE = 200;

  @Test
  void shouldReturnEveryOpenPreface() throws FrameFormatException {
    for (long seed = 0; seed < VALUES; seed++) {
      OpenPreface preface = new RandomValues(seed).openPreface();

      byte[] whole = preface.encode(Samples.keys());

      assertThat(DataPreface.verify(whole, Samples.keys())).as("seed=%d", seed).isTrue();
      assertThat(DataPreface.pairIdOf(whole)).as("seed=%d", seed).isEqualTo(preface.pairId());
      assertThat(DataPreface.decode(whole)).as("seed=%d", seed).isEqualTo(preface);
    }
  }

  @Test
  void shouldReturnEveryResumePreface() throws FrameFormatException {
    for (long seed = 0; seed < VALUES; seed++) {
      ResumePreface preface = new RandomValues(seed).resumePreface();

      byte[] whole = preface.encode(Samples.keys());

      assertThat(DataPreface.verify(whole, Samples.keys())).as("seed=%d", seed).isTrue();
      assertThat(DataPreface.pairIdOf(whole)).as("seed=%d", seed).isEqualTo(preface.pairId());
      assertThat(DataPreface.decode(whole)).as("seed=%d", seed).isEqualTo(preface);
    }
  }

  @Test
  void shouldReturnEveryDoorReply() throws FrameFormatException {
    for (long seed = 0; seed < VALUES; seed++) {
      DoorReply reply = new RandomValues(seed).doorReply();

      byte[] whole = reply.encode(Samples.keys(), seed);

      assertThat(DoorReply.verify(whole, Samples.keys(), seed)).as("seed=%d", seed).isTrue();
      assertThat(DoorReply.decode(whole)).as("seed=%d", seed).isEqualTo(reply);
    }
  }

  @Test
  void shouldReturnEveryHello() throws FrameFormatException {
    for (long seed = 0; seed < VALUES; seed++) {
      RandomValues random = new RandomValues(seed);
      ClientHello client = random.clientHello();
      ServerHello server = random.serverHello();

      assertThat(ClientHello.decode(client.encode())).as("seed=%d", seed).isEqualTo(client);
      assertThat(ServerHello.decode(server.encode())).as("seed=%d", seed).isEqualTo(server);
    }
  }

  @Test
  void shouldReturnEveryFrameHoweverTheStreamIsCut() throws FrameFormatException {
    for (long seed = 0; seed < STREAMS; seed++) {
      RandomValues random = new RandomValues(seed);
      List<Frame> frames = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        frames.add(random.frame());
      }

      List<Frame> read = readInPieces(encoded(frames), random.random());

      assertThat(read).as("seed=%d", seed).isEqualTo(frames);
    }
  }

  private static byte[] encoded(List<Frame> frames) {
    FrameWriter writer = new FrameWriter();
    frames.forEach(writer::write);
    return Arrays.copyOf(writer.array(), writer.size());
  }

  private static List<Frame> readInPieces(byte[] stream, Random random)
      throws FrameFormatException {
    FrameReader reader = new FrameReader();
    List<Frame> frames = new ArrayList<>();
    for (int offset = 0; offset < stream.length; ) {
      int length = Math.min(stream.length - offset, 1 + random.nextInt(400));
      reader.feed(stream, offset, length);
      offset += length;
      for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
        frames.add(frame);
      }
    }
    return frames;
  }

  @Test
  void shouldVerifyNoGarbageAndThrowNothingElseForIt() {
    for (long seed = 0; seed < GARBAGE; seed++) {
      Random random = new Random(seed);
      byte[] garbage = new byte[random.nextInt(200)];
      random.nextBytes(garbage);
      giveItAHeader(garbage, random);

      for (Golden.Codec codec : Golden.Codec.values()) {
        assertDecodedOrRejected(codec, garbage);
        assertFalse(codec.verify(garbage), "seed=" + seed);
      }
    }
  }

  private static void giveItAHeader(byte[] garbage, Random random) {
    byte[] header = {'B', 'E', 'L', random.nextBoolean() ? (byte) 'Y' : (byte) 'A', 1};
    System.arraycopy(header, 0, garbage, 0, Math.min(header.length, garbage.length));
    if (garbage.length >= PrefaceHeader.HEADER_BYTES) {
      garbage[5] = (byte) (random.nextInt(5) == 0 ? 128 : random.nextInt(5));
      garbage[6] = 0;
      garbage[7] = (byte) garbage.length;
    }
  }

  private static void assertDecodedOrRejected(Golden.Codec codec, byte[] garbage) {
    try {
      assertNotNull(codec.decode(garbage));
    } catch (FrameFormatException e) {
      assertNotNull(e.getMessage());
    }
  }

  @Test
  void shouldStopAtTheFirstFrameThatIsGarbage() {
    for (long seed = 0; seed < GARBAGE / 10; seed++) {
      Random random = new Random(seed);
      byte[] garbage = new byte[1 + random.nextInt(2000)];
      random.nextBytes(garbage);
      FrameReader reader = new FrameReader();

      reader.feed(garbage, 0, garbage.length);

      int most = garbage.length / Frame.HEADER_BYTES;
      assertTrue(framesBeforeTheEnd(reader) <= most, "seed=" + seed);
    }
  }

  private static int framesBeforeTheEnd(FrameReader reader) {
    int frames = 0;
    try {
      while (reader.next() != null) {
        frames++;
      }
    } catch (FrameFormatException e) {
      assertNotNull(e.getMessage());
    }
    return frames;
  }

  @Test
  void shouldSkipUnknownFramesBetweenKnownOnes() throws FrameFormatException {
    for (long seed = 0; seed < STREAMS; seed++) {
      RandomValues random = new RandomValues(seed);
      Frame frame = random.frame();
      byte[] unknown = new byte[Frame.HEADER_BYTES + random.random().nextInt(3000)];
      int length = unknown.length - Frame.HEADER_BYTES;
      unknown[0] = (byte) (length >> 8);
      unknown[1] = (byte) length;
      unknown[2] = (byte) UNKNOWN_TYPE;
      FrameReader reader = new FrameReader();

      reader.feed(unknown, 0, unknown.length);
      byte[] known = encoded(List.of(frame));
      reader.feed(known, 0, known.length);

      assertThat(reader.next()).as("seed=%d", seed).isEqualTo(frame);
      assertThat(reader.skippedFrames()).as("seed=%d", seed).isEqualTo(1);
    }
  }
}
