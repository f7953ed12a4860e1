package dev.belay.agent.descriptor;

import java.io.IOException;

/** The connect that the JDK waits for. Told by the loop, asked by application threads. */
final class JdkConnect {
  private volatile boolean isDone;
  private volatile IOException failure;

  void done() {
    isDone = true;
  }

  void failed(IOException cause) {
    failure = cause;
  }

  /** What {@link sun.nio.ch.BelayHook#pollConnect} answers. */
  int poll() throws IOException {
    IOException cause = failure;
    if (cause != null) {
      throw ConnectFailure.here(cause);
    }
    return isDone ? 1 : 0;
  }
}
