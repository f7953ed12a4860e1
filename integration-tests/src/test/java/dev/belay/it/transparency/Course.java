package dev.belay.it.transparency;

/** One end of one scenario under way: bounded in time, its notes printed at its end. */
final class Course {
  private static final long MAX_MS = 20_000;

  private Course() {}

  /** Runs it on a thread of its own; returns when it has ended or has taken too long. */
  static void run(Notes notes, AutoCloseable end, Runnable body) throws InterruptedException {
    Thread thread = new Thread(body, "course");
    thread.setDaemon(true);
    thread.start();
    thread.join(MAX_MS);
    if (thread.isAlive()) {
      Waits.dump("hangs", thread);
      notes.say("hangs", true);
    }
    close(end);
    notes.print();
  }

  private static void close(AutoCloseable end) {
    try {
      end.close();
    } catch (Exception e) {
      System.err.println("close: " + e);
    }
  }
}
