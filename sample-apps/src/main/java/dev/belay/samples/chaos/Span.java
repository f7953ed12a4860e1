package dev.belay.samples.chaos;

import dev.belay.samples.chaos.fault.Schedule;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A length of time on the command line: {@code 500ms}, {@code 90s}, {@code 10m}; a bare number is
 * seconds.
 *
 * @param ms milliseconds
 */
record Span(long ms) {

  private static final int SECOND_MS = 1_000;
  private static final int MINUTE_MS = 60_000;

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Span parse(String text) {
    if (text.endsWith("ms")) {
      return of(text, 2, 1);
    }
    if (text.endsWith("m")) {
      return of(text, 1, MINUTE_MS);
    }
    return of(text, text.endsWith("s") ? 1 : 0, SECOND_MS);
  }

  private static Span of(String text, int unitLength, int unitMs) {
    String number = text.substring(0, text.length() - unitLength);
    if (!number.matches("\\d{1,6}(\\.\\d{1,3})?")) {
      throw new IllegalArgumentException("'" + text + "' is not a time such as 500ms, 90s or 10m");
    }
    return new Span(Math.round(Double.parseDouble(number) * unitMs));
  }

  @Override
  public String toString() {
    return ms % SECOND_MS == 0 ? ms / SECOND_MS + "s" : ms + "ms";
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<Span> {
    @Override
    public Span convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** For picocli: two times, {@code 1s-5s}. */
  static final class RangeConverter implements ITypeConverter<Schedule.Range> {
    @Override
    public Schedule.Range convert(String text) {
      try {
        String[] ends = text.split("-", 2);
        return new Schedule.Range(parse(ends[0]).ms(), parse(ends[ends.length - 1]).ms());
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
