package dev.belay.agent.config;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Ports of a machine, from {@code first} to {@code last}, both in it.
 *
 * @param first at least 1
 * @param last at least {@code first}, at most 65535
 */
public record PortRange(int first, int last) {
  private static final String RANGE = "/proc/sys/net/ipv4/ip_local_port_range";
  private static final int MOST = 65535;
  private static final int MOST_TEXT_BYTES = 64;

  private static final PortRange ALL = new PortRange(1, MOST);

  /** Those that this machine's kernel gives to programs that ask for any, as far as is known. */
  static PortRange ofThisMachine() {
    try (InputStream range = new FileInputStream(RANGE)) {
      byte[] text = new byte[MOST_TEXT_BYTES]; // in one go: there is no second part
      return ofKernel(new String(text, 0, Math.max(0, range.read(text)), US_ASCII));
    } catch (IOException e) {
      return ALL;
    }
  }

  /** As above, from the content of the file: two numbers with blanks between them. */
  static PortRange ofKernel(String text) {
    try {
      return parse(text.trim().replaceFirst("\\s+", "-"));
    } catch (SettingFormatException e) {
      return ALL;
    }
  }

  /** As in {@code 20000-29999}. */
  static PortRange parse(String text) throws SettingFormatException {
    int dash = text.indexOf('-');
    if (dash < 0) {
      throw SettingFormatException.plain();
    }
    PortRange range = new PortRange(port(text.substring(0, dash)), port(text.substring(dash + 1)));
    if (range.last < range.first) {
      throw new SettingFormatException("it is empty");
    }
    return range;
  }

  private static int port(String digits) throws SettingFormatException {
    int mostDigits = String.valueOf(MOST).length();
    if (!Quantity.digits(digits) || digits.length() > mostDigits) {
      throw SettingFormatException.plain();
    }
    int port = Integer.parseInt(digits);
    if (port < 1 || port > MOST) {
      throw new SettingFormatException("there is no port " + port);
    }
    return port;
  }

  /** The one with this number; they are numbered in a circle. */
  public int at(int number) {
    return first + Math.floorMod(number, last - first + 1);
  }

  /** Whether the port is one of them. */
  public boolean has(int port) {
    return port >= first && port <= last;
  }

  /** Whether a port is in both. */
  boolean meets(PortRange other) {
    return first <= other.last && other.first <= last;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return first + "-" + last;
  }
}
