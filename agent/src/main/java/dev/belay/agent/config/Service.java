package dev.belay.agent.config;

/**
 * A listening port with the name that it has in every server of its support group.
 *
 * @param name the port number where the operator gave none
 * @param port 1 to 65535
 */
public record Service(String name, int port) {

  /** A name goes into every preface and log line, so it is short. */
  static final int LONGEST_NAME = 64;

  static Service parse(String text) throws SettingFormatException {
    int equals = text.indexOf('=');
    int port = HostPort.port(text.substring(equals + 1).trim(), 1);
    String number = Integer.toString(port);
    String name = equals < 0 ? number : checkedName(text.substring(0, equals).trim());
    if (Quantity.digits(name) && !name.equals(number)) {
      throw new SettingFormatException("the name " + name + " is another port's number");
    }
    return new Service(name, port);
  }

  static String checkedName(String name) throws SettingFormatException {
    boolean fits = !name.isEmpty() && name.length() <= LONGEST_NAME;
    for (int i = 0; fits && i < name.length(); i++) {
      char c = name.charAt(i);
      fits = Character.isLetterOrDigit(c) && c < 128 || c == '.' || c == '-' || c == '_';
    }
    if (!fits) {
      throw new SettingFormatException(
          HostPort.quoted(name)
              + " is not a name of 1 to 64 letters, digits, dots, dashes or underscores");
    }
    return name;
  }

  /** As an operator would write it. */
  @Override
  public String toString() {
    return name.equals(Integer.toString(port)) ? name : name + "=" + port;
  }
}
