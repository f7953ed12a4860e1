package dev.belay.benchmarks.micro;

import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DataPreface;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.FrameFormatException;
import dev.belay.agent.wire.FrameReader;
import dev.belay.agent.wire.FrameWriter;
import dev.belay.agent.wire.OpenPreface;
import dev.belay.agent.wire.PairKeys;
import dev.belay.replicator.log.SessionId;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is coded for each acknowledgement, and for each connect. */
@State(Scope.Thread)
public class CodecBenchmark {
  private static final long PAIR = 7;
  private static final long LINK = 11;

  private final PairKeys keys = new PairKeys(new byte[32], new byte[16], PAIR);
  private final SessionId session = new SessionId(3, 5);
  private final OpenPreface open =
      new OpenPreface(PAIR, LINK, session, 0, Bytes.copyOf(new byte[32]), "7001");
  private final byte[] preface = open.encode(keys);
  private final FrameWriter writer = new FrameWriter();
  private final FrameReader reader = new FrameReader();
  private long position;

  /** RECEIVED, as every 50 ms or 1 MiB. */
  @Benchmark
  public int writeReceived() {
    writer.received(session, 1, position++);
    int size = writer.size();
    writer.consume(size);
    return size;
  }

  @Benchmark
  public Frame writeAndReadReceived() throws FrameFormatException {
    writer.received(session, 1, position++);
    reader.feed(writer.array(), 0, writer.size());
    writer.consume(writer.size());
    return reader.next();
  }

  @Benchmark
  public byte[] encodeOpen() {
    return open.encode(keys);
  }

  @Benchmark
  public DataPreface verifyAndDecodeOpen() throws FrameFormatException {
    if (!DataPreface.verify(preface, keys)) {
      throw new FrameFormatException("mac does not verify");
    }
    return DataPreface.decode(preface);
  }

  @Benchmark
  public byte[] encodeOpened() {
    return DoorReply.opened().encode(keys, LINK);
  }
}
