package dev.belay.agent.sim.jdk;

import java.net.SocketException;

/** For the JDK's ConnectionResetException. */
public final class ConnectionReset extends SocketException {
  private static final long serialVersionUID = 1L;

  public ConnectionReset(String message) {
    super(message);
  }
}
