package dev.belay.agent.report;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The agent's own log: one line per entry, whole even when several threads write; it never throws
 * and uses no logging library, since the application's may be built on the sockets that we weave.
 * Any thread.
 */
public final class AgentLog {

  /** Keys that {@link #warnOnce} remembers; warnings under further keys are dropped. */
  static final int MOST_KEYS = 1_000;

  private static final ReentrantLock WRITING = new ReentrantLock();
  private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();
  private static final AtomicLong DROPPED = new AtomicLong();

  // Volatile: read by any thread, changed only by start-up and by tests.
  private static volatile LogLevel level = LogLevel.INFO;
  private static volatile LogSink sink = new StreamSink(standardError());

  private AgentLog() {}

  /**
   * Sets level and destination.
   *
   * @param file appended to, or null for stderr; one that cannot be opened means stderr
   */
  public static void open(LogLevel newLevel, File file) {
    level = newLevel;
    sink = new StreamSink(standardError());
    if (file != null && newLevel != LogLevel.OFF) {
      openFile(file);
    }
  }

  /** Sets level and destination; for tests and for embedding. */
  public static void open(LogLevel newLevel, LogSink newSink) {
    level = newLevel;
    sink = newSink;
  }

  private static void openFile(File file) {
    try {
      sink = new StreamSink(new FileOutputStream(file, /* append= */ true));
    } catch (IOException e) {
      warn("belay.log.file=" + file + " cannot be written, so the log goes to stderr", e);
    }
  }

  /**
   * Not System.err: the application may have put its own stream there, which may log to a socket.
   */
  private static OutputStream standardError() {
    return new FileOutputStream(FileDescriptor.err);
  }

  /** True when a debug message is worth building. */
  public static boolean isDebug() {
    return level == LogLevel.DEBUG;
  }

  /** The agent cannot do its work, or a session is lost. */
  public static void error(String message) {
    write(LogLevel.ERROR, message, null);
  }

  /** The agent cannot do its work, or a session is lost, because of that. */
  public static void error(String message, Throwable cause) {
    write(LogLevel.ERROR, message, cause);
  }

  /** Something is not protected that was meant to be. */
  public static void warn(String message) {
    write(LogLevel.WARN, message, null);
  }

  /** Something is not protected that was meant to be, because of that. */
  public static void warn(String message, Throwable cause) {
    write(LogLevel.WARN, message, cause);
  }

  /** As {@link #warn(String)}, but only the first time for that key in the life of the JVM. */
  public static void warnOnce(String key, String message) {
    if (WARNED.size() < MOST_KEYS && WARNED.add(key)) {
      warn(message);
    }
  }

  /** Something an operator wants to know. */
  public static void info(String message) {
    write(LogLevel.INFO, message, null);
  }

  /** Something only a developer wants to know. */
  public static void debug(String message) {
    write(LogLevel.DEBUG, message, null);
  }

  /** Something only a developer wants to know, with its stack. */
  public static void debug(String message, Throwable cause) {
    write(LogLevel.DEBUG, message, cause);
  }

  /** Entries that could not be written, for instance because the disk is full. */
  public static long droppedEntries() {
    return DROPPED.get();
  }

  /** A log that throws could break the application: whatever happens, the entry is dropped. */
  private static void write(LogLevel entryLevel, String message, Throwable cause) {
    if (entryLevel.compareTo(level) > 0) {
      return;
    }
    try {
      byte[] line = LogLine.of(System.currentTimeMillis(), entryLevel, message, cause, isDebug());
      writeWhole(line);
    } catch (Throwable e) {
      DROPPED.incrementAndGet();
    }
  }

  private static void writeWhole(byte[] line) throws IOException {
    WRITING.lock();
    try {
      sink.write(line);
    } finally {
      WRITING.unlock();
    }
  }
}
