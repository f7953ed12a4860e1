package dev.belay.agent.config;

/**
 * A server to which a client's connections are protected.
 *
 * @param host as the application names it
 * @param port the application's port
 * @param doorPort the port of the door on the same host
 */
public record Target(String host, int port, int doorPort) {

  /** {@code host:port@doorPort}. */
  public static Target parse(String text) throws SettingFormatException {
    int at = text.indexOf('@');
    if (at < 0) {
      throw new SettingFormatException(HostPort.quoted(text) + " has no @doorPort");
    }
    HostPort application = HostPort.parse(text.substring(0, at), 1);
    int doorPort = HostPort.port(text.substring(at + 1), 1);
    return new Target(application.host(), application.port(), doorPort);
  }

  /** The address that the application connects to. */
  public HostPort application() {
    return new HostPort(host, port);
  }

  /** The address of the door. */
  public HostPort door() {
    return new HostPort(host, doorPort);
  }

  /** As an operator would write it. */
  @Override
  public String toString() {
    return application() + "@" + doorPort;
  }
}
