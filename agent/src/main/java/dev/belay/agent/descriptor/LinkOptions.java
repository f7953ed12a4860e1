package dev.belay.agent.descriptor;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sun.nio.ch.BelayNative;

/**
 * Carries socket options from link to link: those that the application has set. The value is read
 * off the link before, but for those of which the kernel keeps another one than was set (buffer
 * sizes).
 *
 * <p>Immutable, since most sessions share a few.
 */
final class LinkOptions {
  /** Read off the link before. */
  private static final List<SocketOption<?>> READ =
      List.of(
          StandardSocketOptions.SO_LINGER,
          StandardSocketOptions.TCP_NODELAY,
          StandardSocketOptions.SO_KEEPALIVE);

  private static final int LINGER = 1;

  /** By {@link #read}, of sessions with no others. */
  private static final LinkOptions[] SHARED = new LinkOptions[1 << READ.size()];

  static {
    for (int read = 0; read < SHARED.length; read++) {
      SHARED[read] = new LinkOptions(read, Map.of());
    }
  }

  /** Those of {@link #READ} that were set, a bit for each. */
  private final int read;

  private final Map<SocketOption<?>, Object> explicit;

  private LinkOptions(int read, Map<SocketOption<?>, Object> explicit) {
    this.read = read;
    this.explicit = explicit;
  }

  /**
   * @param before what the application is known to have set before the descriptor was guarded
   * @param isAllKnown false if it may have set others, when there was no agent yet
   */
  static LinkOptions of(Map<SocketOption<?>, Object> before, boolean isAllKnown) {
    LinkOptions options = SHARED[isAllKnown ? 0 : SHARED.length - 1];
    for (Map.Entry<SocketOption<?>, Object> each : before.entrySet()) {
      options = options.with(each.getKey(), each.getValue());
    }
    return options;
  }

  /** And one that the application has set now, on the link that is there. */
  LinkOptions with(SocketOption<?> name, Object value) {
    int index = READ.indexOf(name);
    if (index >= 0) {
      return of(read | 1 << index, explicit);
    }
    Map<SocketOption<?>, Object> next = new HashMap<>(explicit);
    next.put(name, value);
    return of(read, Map.copyOf(next));
  }

  private static LinkOptions of(int read, Map<SocketOption<?>, Object> explicit) {
    return explicit.isEmpty() ? SHARED[read] : new LinkOptions(read, explicit);
  }

  /** False if nobody has ever asked for SO_LINGER. */
  boolean mayLinger() {
    return (read & LINGER) != 0;
  }

  /** An option that the new link does not know must not cost the session. */
  void carry(FileDescriptor from, RawSocket to) {
    for (int i = 0; i < READ.size(); i++) {
      if ((read & 1 << i) != 0) {
        carry(READ.get(i), from, to);
      }
    }
    carrySet(to);
  }

  private static void carry(SocketOption<?> name, FileDescriptor from, RawSocket to) {
    try {
      Object value = BelayNative.option(from, name);
      if (!value.equals(to.option(name))) {
        to.option(name, value);
      }
    } catch (IOException | RuntimeException e) {
      return; // as below
    }
  }

  /** Those alone that have to be there before a connect. */
  void carrySet(RawSocket to) {
    for (Map.Entry<SocketOption<?>, Object> option : explicit.entrySet()) {
      apply(to, option.getKey(), option.getValue());
    }
  }

  private static void apply(RawSocket to, SocketOption<?> name, Object value) {
    try {
      to.option(name, value);
    } catch (IOException | RuntimeException e) {
      // An option of the family (IP_TOS on a link of the other family): the bytes matter more.
      return;
    }
  }
}
