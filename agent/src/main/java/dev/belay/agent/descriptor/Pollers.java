package dev.belay.agent.descriptor;

import java.util.Arrays;
import sun.nio.ch.BelayNative;

/**
 * The threads in poll(2) on a descriptor. One that entered before a dup2 may sleep on the file that
 * was there before: it is signalled after the dup2. One that enters later sees the new file, and a
 * signal too many only makes it look again.
 *
 * <p>Any thread; its monitor is the last to be taken, and nobody waits under it.
 */
final class Pollers {
  private static final long[] NONE = {};

  private long[] threads = NONE;
  private int count;

  synchronized void enter(long nativeThread) {
    if (count == threads.length) {
      threads = Arrays.copyOf(threads, count + 1);
    }
    threads[count++] = nativeThread;
  }

  synchronized void exit(long nativeThread) {
    int i = 0;
    while (threads[i] != nativeThread) {
      i++;
    }
    threads[i] = threads[--count];
  }

  synchronized void signal() {
    for (int i = 0; i < count; i++) {
      BelayNative.signal(threads[i]);
    }
  }
}
