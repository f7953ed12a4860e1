package dev.belay.benchmarks.rsocket;

import dev.belay.benchmarks.traffic.Commands;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketServer;
import io.rsocket.core.Resume;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.DefaultPayload;
import java.io.IOException;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sends a request back, or streams. Argument: the port. Ends with its standard input. */
public final class RSocketEchoServer {
  private static final Duration SESSION = Duration.ofSeconds(30);

  private RSocketEchoServer() {}

  /** Serves. */
  public static void main(String[] args) throws IOException {
    RSocketServer.create(SocketAcceptor.with(new Echo()))
        .resume(new Resume().sessionDuration(SESSION))
        .payloadDecoder(PayloadDecoder.ZERO_COPY)
        .bindNow(TcpServerTransport.create("127.0.0.1", Integer.parseInt(args[0])));
    Commands.serve(words -> "");
  }

  /** Request and response: the same bytes. Stream: as many payloads as the request's text says. */
  private static final class Echo implements RSocket {
    @Override
    public Mono<Payload> requestResponse(Payload request) {
      return Mono.just(request);
    }

    @Override
    public Flux<Payload> requestStream(Payload request) {
      String[] words = request.getDataUtf8().split(" ");
      request.release();
      byte[] chunk = new byte[Integer.parseInt(words[0])];
      return Flux.range(0, Integer.parseInt(words[1])).map(i -> DefaultPayload.create(chunk));
    }
  }
}
