package dev.belay.samples.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Command line of a sample program: {@code --name value}, {@code --name=value}, {@code --flag} and
 * positional arguments. Each option that a program reads is remembered, so that {@link
 * #rejectUnread()} finds the misspelled ones. Used by one thread.
 */
public final class Arguments {

  private static final int UNIT = 1024;

  private final Map<String, String> options = new HashMap<>();
  private final List<String> positional = new ArrayList<>();
  private final Set<String> read = new HashSet<>();

  private Arguments() {}

  /**
   * Parses a command line.
   *
   * @param flags names of the options without a value
   * @throws IllegalArgumentException if an option lacks its value
   */
  public static Arguments parse(Set<String> flags, String... args) {
    Arguments arguments = new Arguments();
    for (int i = 0; i < args.length; i++) {
      if (!args[i].startsWith("--")) {
        arguments.positional.add(args[i]);
      } else if (args[i].contains("=")) {
        int equals = args[i].indexOf('=');
        arguments.options.put(args[i].substring(2, equals), args[i].substring(equals + 1));
      } else if (flags.contains(args[i].substring(2))) {
        arguments.options.put(args[i].substring(2), "true");
      } else {
        arguments.options.put(args[i].substring(2), valueAfter(args, i++));
      }
    }
    return arguments;
  }

  private static String valueAfter(String[] args, int index) {
    if (index + 1 >= args.length) {
      throw new IllegalArgumentException("option " + args[index] + " needs a value");
    }
    return args[index + 1];
  }

  /** The option's value, empty if it was not given. */
  public Optional<String> text(String name) {
    read.add(name);
    return Optional.ofNullable(options.get(name));
  }

  /** The option's value or its default. */
  public String text(String name, String defaultValue) {
    return text(name).orElse(defaultValue);
  }

  /** Whether a flag was given. */
  public boolean flag(String name) {
    return text(name).map(Boolean::parseBoolean).orElse(false);
  }

  /** A whole number between two limits, both inclusive. */
  public int number(String name, int defaultValue, int least, int most) {
    return (int)
        limited(name, text(name).map(Long::decode).orElse((long) defaultValue), least, most);
  }

  /** A number with an optional unit k, m or g (powers of 1024); never negative. */
  public long size(String name, long defaultValue) {
    return limited(
        name, text(name).map(Arguments::parseSize).orElse(defaultValue), 0, Long.MAX_VALUE);
  }

  /** A seed: any 64-bit number. */
  public long seed() {
    return text("seed").map(Long::decode).orElse(1L);
  }

  /** {@code --timeout}: how long a read may wait, in milliseconds; 0, the default, is for ever. */
  public int timeoutMs() {
    return number("timeout", 0, 0, Integer.MAX_VALUE);
  }

  /** The arguments that belong to no option, in their order. */
  public List<String> positional() {
    return List.copyOf(positional);
  }

  /**
   * To be called when everything of interest has been read.
   *
   * @throws IllegalArgumentException naming the options that nobody asked for
   */
  public void rejectUnread() {
    Set<String> unknown = new HashSet<>(options.keySet());
    unknown.removeAll(read);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("unknown option --" + String.join(", --", unknown));
    }
  }

  private static long limited(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "option --" + name + " must be between " + least + " and " + most + ", not " + value);
    }
    return value;
  }

  private static long parseSize(String text) {
    String number = text.toLowerCase(Locale.ROOT);
    long unit = 1;
    for (char letter : new char[] {'k', 'm', 'g'}) {
      unit *= UNIT;
      if (number.endsWith(String.valueOf(letter))) {
        return Math.multiplyExact(Long.parseLong(number.substring(0, number.length() - 1)), unit);
      }
    }
    return Long.parseLong(number);
  }
}
