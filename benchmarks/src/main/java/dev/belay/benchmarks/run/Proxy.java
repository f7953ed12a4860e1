package dev.belay.benchmarks.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an operator would put in front instead: one process, with a port for each of two targets.
 */
record Proxy(Child process, int blockingPort, int selectorPort) implements AutoCloseable {
  private static final int MAX_TRIES = 500;

  /** HAProxy in TCP mode with its usual buffers, if this machine has it. */
  static Optional<Proxy> haproxy(Path directory, int blocking, int selector) throws IOException {
    int first = Ports.free();
    int second = Ports.free();
    String text =
        """
        global
          maxconn 9000
        defaults
          mode tcp
          timeout connect 5s
          timeout client 1h
          timeout server 1h
        listen blocking
          bind 127.0.0.1:%d
          server a 127.0.0.1:%d
        listen selector
          bind 127.0.0.1:%d
          server a 127.0.0.1:%d
        """
            .formatted(first, blocking, second, selector);
    Path file = Files.writeString(directory.resolve("haproxy.cfg"), text);
    return start(List.of("/usr/sbin/haproxy", "-db", "-f", file.toString()), first, second);
  }

  /** nginx's stream module with its usual buffers, if this machine has it. */
  static Optional<Proxy> nginx(Path directory, int blocking, int selector) throws IOException {
    Path module = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");
    if (!Files.exists(module)) {
      return Optional.empty();
    }
    int first = Ports.free();
    int second = Ports.free();
    String text =
        """
        load_module %s;
        daemon off;
        pid %s/nginx.pid;
        error_log %s/nginx.log;
        master_process off;
        worker_rlimit_nofile 20000;
        events { worker_connections 15000; }
        stream {
          server { listen 127.0.0.1:%d backlog=4096; proxy_pass 127.0.0.1:%d; }
          server { listen 127.0.0.1:%d backlog=4096; proxy_pass 127.0.0.1:%d; }
        }
        """
            .formatted(module, directory, directory, first, blocking, second, selector);
    Path file = Files.writeString(directory.resolve("nginx.conf"), text);
    return start(List.of("/usr/sbin/nginx", "-c", file.toString()), first, second);
  }

  private static Optional<Proxy> start(List<String> command, int first, int second)
      throws IOException {
    if (!Files.isExecutable(Path.of(command.get(0)))) {
      return Optional.empty();
    }
    Path log = Files.createTempFile("proxy", ".log");
    log.toFile().deleteOnExit();
    Child process = Child.background(command, log);
    for (int tries = 0; !isListening(second); tries++) {
      if (tries == MAX_TRIES || !process.isAlive()) {
        process.close();
        throw new IOException(command + " does not listen: " + Files.readString(log));
      }
      Thread.onSpinWait();
    }
    return Optional.of(new Proxy(process, first, second));
  }

  private static boolean isListening(int port) throws IOException {
    try (Socket probe = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return probe.isConnected();
    } catch (java.net.ConnectException e) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
      return false;
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
