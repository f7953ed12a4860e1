package dev.belay.benchmarks.rsocket;

import dev.belay.benchmarks.traffic.Commands;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.Resume;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.util.DefaultPayload;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Commands as of the plain client, as far as they have a meaning here: {@code bulk port kind DOWN
 * chunkBytes totalBytes}, {@code ping port kind bytes warmUps count}, {@code connects port kind
 * ms}, and {@code recover port ms}: asks until an answer fails or the time is over.
 */
public final class RSocketClient implements Commands.Program {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(20);

  private RSocketClient() {}

  /** Obeys until standard input ends. */
  public static void main(String[] args) throws IOException {
    Commands.serve(new RSocketClient());
  }

  @Override
  public Object run(String[] words) throws IOException {
    int port = Integer.parseInt(words[1]);
    return switch (words[0]) {
      case "bulk" -> bulk(port, Integer.parseInt(words[4]), Long.parseLong(words[5]));
      case "ping" -> ping(port, words);
      case "connects" -> connects(port, Long.parseLong(words[3]));
      case "recover" -> recover(port, Long.parseLong(words[2]));
      default -> throw new IOException("unknown command: " + words[0]);
    };
  }

  private static RSocket connect(int port) {
    Resume resume =
        new Resume().sessionDuration(PATIENCE).retry(Retry.fixedDelay(1000, RETRY_PAUSE));
    return RSocketConnector.create()
        .resume(resume)
        .payloadDecoder(PayloadDecoder.ZERO_COPY)
        .connect(TcpClientTransport.create("127.0.0.1", port))
        .block(PATIENCE);
  }

  private static long bulk(int port, int chunkBytes, long totalBytes) throws IOException {
    RSocket socket = connect(port);
    try {
      long count = totalBytes / chunkBytes;
      long beganNs = System.nanoTime();
      long received =
          socket
              .requestStream(DefaultPayload.create(chunkBytes + " " + count))
              .map(RSocketClient::lengthOf)
              .reduce(0L, Long::sum)
              .block(PATIENCE);
      if (received != count * chunkBytes) {
        throw new IOException("received " + received);
      }
      return System.nanoTime() - beganNs;
    } finally {
      socket.dispose();
    }
  }

  private static long lengthOf(Payload payload) {
    long length = payload.sliceData().readableBytes();
    payload.release();
    return length;
  }

  private static String ping(int port, String[] words) {
    int bytes = Integer.parseInt(words[3]);
    int warmUps = Integer.parseInt(words[4]);
    long[] timesNs = new long[Integer.parseInt(words[5])];
    RSocket socket = connect(port);
    try {
      byte[] message = new byte[bytes];
      for (int i = -warmUps; i < timesNs.length; i++) {
        long beganNs = System.nanoTime();
        ask(socket, message);
        if (i >= 0) {
          timesNs[i] = System.nanoTime() - beganNs;
        }
      }
    } finally {
      socket.dispose();
    }
    Arrays.sort(timesNs);
    return timesNs[timesNs.length / 2] + " " + timesNs[timesNs.length * 99 / 100];
  }

  private static void ask(RSocket socket, byte[] message) {
    Mono<Payload> answer = socket.requestResponse(DefaultPayload.create(message));
    answer.block(PATIENCE).release();
  }

  private static double connects(int port, long ms) {
    long beganNs = System.nanoTime();
    long endNs = beganNs + ms * 1_000_000;
    long count = 0;
    while (System.nanoTime() < endNs) {
      RSocket socket = connect(port);
      ask(socket, new byte[1]);
      socket.dispose();
      count++;
    }
    return count * 1e9 / (System.nanoTime() - beganNs);
  }

  /** 1 and the asking time if all answers came, else 0, the time and what the program was told. */
  private static String recover(int port, long ms) {
    RSocket socket = connect(port);
    long beganNs = System.nanoTime();
    try {
      while (System.nanoTime() - beganNs < ms * 1_000_000) {
        ask(socket, new byte[16]);
      }
      return "1 " + (System.nanoTime() - beganNs);
    } catch (RuntimeException e) {
      return "0 " + (System.nanoTime() - beganNs) + " " + e;
    } finally {
      socket.dispose();
    }
  }
}
