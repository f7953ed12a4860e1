package dev.belay.agent.config;

import java.util.Locale;

/** The lower-case names of an enum's constants as values of a setting. */
final class Choice {

  private Choice() {}

  static <E extends Enum<E>> E parse(String text, E[] constants) throws SettingFormatException {
    for (E constant : constants) {
      if (text(constant).equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw SettingFormatException.plain();
  }

  static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
