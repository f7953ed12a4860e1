package dev.belay.agent.descriptor;

import java.io.IOException;
import sun.nio.ch.BelayHook;

/**
 * How far the connect is that the JDK waits for. Told by the loop, asked by application threads.
 */
final class JdkConnect {
  private enum State {
    NONE,
    PENDING,
    DONE,
    FAILED
  }

  private volatile State state = State.NONE;
  private volatile IOException failure;

  void begin() {
    state = State.PENDING;
  }

  void done() {
    state = State.DONE;
  }

  void failed(IOException cause) {
    failure = cause;
    state = State.FAILED;
  }

  /** The kernel answers for itself from now on. */
  void leaveToKernel() {
    state = State.NONE;
  }

  /** What {@link BelayHook#pollConnect} answers. */
  int poll() throws IOException {
    switch (state) {
      case NONE:
        return BelayHook.PASS;
      case PENDING:
        return 0;
      case DONE:
        return 1;
      case FAILED:
        throw ConnectFailure.here(failure);
    }
    throw new AssertionError(state);
  }
}
