package dev.belay.agent.descriptor;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;

/**
 * Makes the exception of a failed connect anew on the application's thread, so that its trace is
 * the application's.
 */
final class ConnectFailure {
  private ConnectFailure() {}

  /** The same type and message as the kernel's answer gave on the loop's thread. */
  static IOException here(IOException there) {
    String message = there.getMessage();
    if (there instanceof NoRouteToHostException) {
      return new NoRouteToHostException(message);
    }
    if (there instanceof ConnectException) {
      return new ConnectException(message);
    }
    return there instanceof SocketException ? new SocketException(message) : there;
  }
}
