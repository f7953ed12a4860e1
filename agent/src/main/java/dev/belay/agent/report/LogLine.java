package dev.belay.agent.report;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Formats one entry of the agent log: {@code 2026-01-31T12:00:00.123Z belay INFO message}. By hand,
 * since java.time's formatter alone costs a tenth of the start-up time that we may use.
 */
final class LogLine {

  private static final long DAY_MS = 86_400_000L;

  /** Frames of one exception that a line shows; the outer ones of a deeper stack are left out. */
  private static final int MOST_FRAMES = 50;

  private LogLine() {}

  static byte[] of(long timeMs, LogLevel level, String message, Throwable cause, boolean stack) {
    StringBuilder line = new StringBuilder(160);
    appendTime(line, timeMs);
    line.append(" belay ").append(level.name().toUpperCase(Locale.ROOT)).append(' ');
    appendPrintable(line, String.valueOf(message));
    if (cause != null) {
      appendPrintable(line.append(": "), String.valueOf(cause));
    }
    if (cause != null && stack) {
      appendStack(line, cause);
    }
    return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void appendStack(StringBuilder line, Throwable cause) {
    StackTraceElement[] frames = cause.getStackTrace();
    for (int i = 0; i < Math.min(frames.length, MOST_FRAMES); i++) {
      line.append(" < ").append(frames[i].getClassName());
      line.append('.').append(frames[i].getMethodName());
      line.append(':').append(frames[i].getLineNumber());
    }
    if (cause.getCause() != null) {
      appendPrintable(line.append(" << "), String.valueOf(cause.getCause()));
    }
  }

  /** A control character from a peer or a name must not be able to forge a second entry. */
  private static void appendPrintable(StringBuilder line, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) ? ' ' : c);
    }
  }

  /** ISO 8601 in UTC with milliseconds. */
  static void appendTime(StringBuilder line, long timeMs) {
    appendDate(line, Math.floorDiv(timeMs, DAY_MS));
    long ofDayMs = Math.floorMod(timeMs, DAY_MS);
    appendPadded(line.append('T'), ofDayMs / 3_600_000, 2);
    appendPadded(line.append(':'), ofDayMs / 60_000 % 60, 2);
    appendPadded(line.append(':'), ofDayMs / 1_000 % 60, 2);
    appendPadded(line.append('.'), ofDayMs % 1_000, 3);
    line.append('Z');
  }

  /** The proleptic Gregorian date of a day since 1970, counted in eras of 400 years from March. */
  private static void appendDate(StringBuilder line, long epochDay) {
    long day = epochDay + 719_468;
    long era = Math.floorDiv(day, 146_097);
    long ofEra = day - era * 146_097;
    long yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    long ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    long monthFromMarch = (5 * ofYear + 2) / 153;
    long month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    appendPadded(line, yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4);
    appendPadded(line.append('-'), month, 2);
    appendPadded(line.append('-'), ofYear - (153 * monthFromMarch + 2) / 5 + 1, 2);
  }

  private static void appendPadded(StringBuilder line, long number, int digits) {
    String text = Long.toString(number);
    for (int i = text.length(); i < digits; i++) {
      line.append('0');
    }
    line.append(text);
  }
}
