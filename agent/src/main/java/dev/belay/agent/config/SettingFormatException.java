package dev.belay.agent.config;

/** A value is not of its key's form. The message says what is wrong with it, after "but". */
public final class SettingFormatException extends Exception {

  private static final long serialVersionUID = 1L;

  SettingFormatException(String message) {
    super(message);
  }

  /** Nothing to add to what the key expects. */
  static SettingFormatException plain() {
    return new SettingFormatException(null);
  }
}
