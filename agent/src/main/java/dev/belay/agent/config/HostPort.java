package dev.belay.agent.config;

/**
 * An address as the operator wrote it; not resolved.
 *
 * @param host name or address, an IPv6 address without its brackets
 * @param port 1 to 65535, or {@link #ANY_PORT} where the key allows it
 */
public record HostPort(String host, int port) {

  /** The operator leaves the port to us. */
  public static final int ANY_PORT = 0;

  private static final int HIGHEST_PORT = 65535;

  /** {@code host:port} with a port from {@code lowestPort} up. */
  static HostPort parse(String text, int lowestPort) throws SettingFormatException {
    int colon = portColon(text);
    if (colon < 0) {
      throw new SettingFormatException(quoted(text) + " has no port");
    }
    return new HostPort(
        host(text.substring(0, colon)), port(text.substring(colon + 1), lowestPort));
  }

  /** {@code host} or {@code host:port}; without a port it is {@link #ANY_PORT}. */
  static HostPort parseWithOptionalPort(String text) throws SettingFormatException {
    return portColon(text) < 0 ? new HostPort(host(text), ANY_PORT) : parse(text, 1);
  }

  static int port(String text, int lowest) throws SettingFormatException {
    int port = Quantity.digits(text) ? smallNumber(text) : -1;
    if (port < lowest || port > HIGHEST_PORT) {
      throw new SettingFormatException(
          "port " + quoted(text) + " is not a number from " + lowest + " to " + HIGHEST_PORT);
    }
    return port;
  }

  static String quoted(String text) {
    return "\"" + Problem.printable(text) + "\"";
  }

  private static int smallNumber(String digits) {
    return digits.length() > 5 ? -1 : Integer.parseInt(digits);
  }

  private static int portColon(String text) throws SettingFormatException {
    int bracket = text.indexOf(']');
    int colon = text.indexOf(':', bracket + 1);
    if (bracket < 0 && colon >= 0 && text.indexOf(':', colon + 1) >= 0) {
      throw new SettingFormatException(
          quoted(text) + " has more than one colon; write an IPv6 address in brackets");
    }
    return colon;
  }

  private static String host(String text) throws SettingFormatException {
    boolean bracketed = text.startsWith("[") && text.endsWith("]");
    String host = bracketed ? text.substring(1, text.length() - 1) : text;
    for (int i = 0; i < host.length(); i++) {
      if (!isHostCharacter(host.charAt(i), bracketed)) {
        throw new SettingFormatException(quoted(text) + " is not a host");
      }
    }
    if (host.isEmpty() || bracketed && host.indexOf(':') < 0) {
      throw new SettingFormatException(quoted(text) + " is not a host");
    }
    return host;
  }

  private static boolean isHostCharacter(char c, boolean bracketed) {
    boolean common = Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_';
    return common || bracketed && (c == ':' || c == '%');
  }

  /** True for the addresses that mean "every interface" and lead nowhere as a destination. */
  boolean isWildcard() {
    return host.equals("0.0.0.0") || host.equals("::") || host.equals("0:0:0:0:0:0:0:0");
  }

  /** As an operator would write it. */
  @Override
  public String toString() {
    String shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return port == ANY_PORT ? shown : shown + ":" + port;
  }
}
