package dev.belay.agent.config;

import java.util.Locale;

/** Sizes ({@code 64m}, {@code 10k}, {@code 1g}, plain bytes) and durations ({@code 200ms}). */
final class Quantity {

  private static final int MOST_DIGITS = 15;

  private Quantity() {}

  /** Bytes; k, m and g are powers of 1024. */
  static long bytes(String text) throws SettingFormatException {
    int unitAt = unitAt(text);
    return times(text.substring(0, unitAt), bytesOf(text.substring(unitAt)));
  }

  /** Milliseconds; a number without a unit is refused, since nobody knows what it means. */
  static long durationMs(String text) throws SettingFormatException {
    int unitAt = unitAt(text);
    if (unitAt == text.length() && unitAt > 0) {
      throw new SettingFormatException("a unit is missing");
    }
    return times(text.substring(0, unitAt), millisecondsOf(text.substring(unitAt)));
  }

  /** True for one or more of the characters 0 to 9. */
  static boolean digits(String text) {
    return !text.isEmpty() && unitAt(text) == text.length();
  }

  private static int unitAt(String text) {
    int at = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  private static long bytesOf(String unit) throws SettingFormatException {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "" -> 1;
      case "k" -> 1L << 10;
      case "m" -> 1L << 20;
      case "g" -> 1L << 30;
      default -> throw SettingFormatException.plain();
    };
  }

  private static long millisecondsOf(String unit) throws SettingFormatException {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "ms" -> 1;
      case "s" -> 1_000;
      case "m" -> 60_000;
      default -> throw SettingFormatException.plain();
    };
  }

  private static long times(String digits, long unit) throws SettingFormatException {
    if (digits.isEmpty()) {
      throw SettingFormatException.plain();
    }
    if (digits.length() > MOST_DIGITS || Long.parseLong(digits) > Long.MAX_VALUE / unit) {
      throw new SettingFormatException("it is too large");
    }
    return Long.parseLong(digits) * unit;
  }
}
