package dev.belay.it.rig;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one child has printed so far, line by line, with waiters.
 *
 * <p>A wait also sees the lines that came before it. It ends early when the outputs have ended. The
 * first {@value #MAX_LINES} lines are kept; a child that prints more is out of hand. Safe for any
 * thread.
 */
public final class Transcript {
  private static final int MAX_LINES = 200_000;
  private static final int DUMP_LINES = 120;

  /** Which of the child's two outputs a line came from. */
  public enum Source {
    OUT,
    ERR
  }

  /** One line as it came. */
  public record Line(Source source, long atMs, String text) {}

  private final String name;
  private final long startedNs = System.nanoTime();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Line> lines = new ArrayList<>();
  private int openSources = Source.values().length;

  Transcript(String name) {
    this.name = name;
  }

  void append(Source source, String text) {
    lock.lock();
    try {
      if (lines.size() < MAX_LINES) {
        lines.add(new Line(source, elapsedMs(), text));
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void sourceEnded() {
    lock.lock();
    try {
      openSources--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The first line, printed or yet to come, in which the expression is found. */
  public MatchResult awaitLine(String regex, Duration timeout) {
    return awaitLines(regex, 1, timeout).get(0);
  }

  /** At least {@code count} lines in which the expression is found, in order. */
  public List<MatchResult> awaitLines(String regex, int count, Duration timeout) {
    Scan scan = new Scan(regex);
    String wanted = count + " line(s) matching /" + regex + "/";
    await(() -> scan.found().size() >= count, wanted, timeout);
    return List.copyOf(scan.found);
  }

  /** A line whose first group, a number, is at least {@code least}. */
  public long awaitNumber(String regex, long least, Duration timeout) {
    Scan scan = new Scan(regex);
    await(() -> scan.lastNumber() >= least, "/" + regex + "/ to reach " + least, timeout);
    return scan.lastNumber();
  }

  /** Waits until both outputs have ended: nothing will be added any more. */
  public void awaitEnd(Duration timeout) {
    lock.lock();
    try {
      long leftNs = timeout.toNanos();
      while (openSources > 0 && leftNs > 0) {
        leftNs = awaitChange(leftNs);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The lines so far in which the expression is found. */
  public List<MatchResult> matches(String regex) {
    lock.lock();
    try {
      return List.copyOf(new Scan(regex).found());
    } finally {
      lock.unlock();
    }
  }

  /** All lines so far. */
  public List<Line> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  /** The texts of one output's lines so far. */
  public List<String> lines(Source source) {
    return lines().stream().filter(line -> line.source() == source).map(Line::text).toList();
  }

  /** The last lines, for an assertion's message. */
  public String dump() {
    List<Line> all = lines();
    StringBuilder text = new StringBuilder("---- " + name + ": " + all.size() + " lines\n");
    for (Line line : all.subList(Math.max(0, all.size() - DUMP_LINES), all.size())) {
      String mark = line.source() == Source.ERR ? "!" : " ";
      text.append(String.format("%7d %s %s%n", line.atMs(), mark, line.text()));
    }
    return text.toString();
  }

  private void await(BooleanSupplier isReached, String wanted, Duration timeout) {
    lock.lock();
    try {
      long leftNs = timeout.toNanos();
      while (!isReached.getAsBoolean()) {
        if (leftNs <= 0 || openSources == 0) {
          String why = leftNs <= 0 ? "after " + timeout.toMillis() + "ms" : "its outputs ended";
          throw new AssertionError(name + ": no " + wanted + ", " + why + "\n" + dump());
        }
        leftNs = awaitChange(leftNs);
      }
    } finally {
      lock.unlock();
    }
  }

  private long awaitChange(long leftNs) {
    try {
      return changed.awaitNanos(leftNs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(name + ": interrupted while waiting\n" + dump(), e);
    }
  }

  private long elapsedMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs);
  }

  /** One expression's way through the lines; looks at each line once. Used under the lock. */
  private final class Scan {
    private final Pattern pattern;
    private final List<MatchResult> found = new ArrayList<>();
    private int nextLine;

    Scan(String regex) {
      this.pattern = Pattern.compile(regex);
    }

    List<MatchResult> found() {
      for (; nextLine < lines.size(); nextLine++) {
        Matcher matcher = pattern.matcher(lines.get(nextLine).text());
        if (matcher.find()) {
          found.add(matcher.toMatchResult());
        }
      }
      return found;
    }

    long lastNumber() {
      List<MatchResult> all = found();
      return all.isEmpty() ? Long.MIN_VALUE : Long.parseLong(all.get(all.size() - 1).group(1));
    }
  }
}
