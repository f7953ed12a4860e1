package dev.belay.it.rig;

import java.io.ByteArrayOutputStream;

/**
 * The first {@value #MAX_BYTES} bytes of one direction of a link, and how many there were. Safe for
 * any thread.
 */
public final class Recording {
  private static final int MAX_BYTES = 1 << 20;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final byte[] head = new byte[LinkKind.HEAD_BYTES];
  private long total;

  synchronized void add(byte[] buffer, int length) {
    for (int i = 0; i < length && total + i < head.length; i++) {
      head[(int) total + i] = buffer[i];
    }
    total += length;
    kept.write(buffer, 0, Math.min(length, MAX_BYTES - kept.size()));
  }

  /** What kind of link begins with these bytes. */
  synchronized LinkKind kind() {
    return LinkKind.of(head, (int) Math.min(total, head.length));
  }

  /** The bytes kept so far. */
  public synchronized byte[] bytes() {
    return kept.toByteArray();
  }

  /** How many have passed in all. */
  public synchronized long total() {
    return total;
  }
}
