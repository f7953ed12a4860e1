package dev.belay.agent.descriptor;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import sun.nio.ch.BelayNative;

/**
 * Carries socket options from link to link. Those in {@link #CARRIED} are read off the link before;
 * those of which the kernel keeps a default that it tunes by itself (buffer sizes) are carried only
 * when the application set them.
 *
 * <p>Immutable, since most sessions share one that is empty.
 */
final class LinkOptions {
  private static final Set<SocketOption<?>> CARRIED =
      Set.of(
          StandardSocketOptions.TCP_NODELAY,
          StandardSocketOptions.SO_KEEPALIVE,
          StandardSocketOptions.SO_LINGER);

  private static final LinkOptions NONE = new LinkOptions(Map.of());

  private final Map<SocketOption<?>, Object> explicit;

  private LinkOptions(Map<SocketOption<?>, Object> explicit) {
    this.explicit = explicit;
  }

  /**
   * @param before what the application set before the descriptor was guarded
   */
  static LinkOptions of(Map<SocketOption<?>, Object> before) {
    LinkOptions options = NONE;
    for (Map.Entry<SocketOption<?>, Object> each : before.entrySet()) {
      options = options.with(each.getKey(), each.getValue());
    }
    return options;
  }

  /** And one that the application has set now, on the link that is there. */
  LinkOptions with(SocketOption<?> name, Object value) {
    if (CARRIED.contains(name)) {
      return this;
    }
    Map<SocketOption<?>, Object> next = new HashMap<>(explicit);
    next.put(name, value);
    return new LinkOptions(Map.copyOf(next));
  }

  /** An option that the new link does not know must not cost the session. */
  void carry(FileDescriptor from, RawSocket to) {
    for (SocketOption<?> name : CARRIED) {
      try {
        Object value = BelayNative.option(from, name);
        if (!value.equals(to.option(name))) {
          to.option(name, value);
        }
      } catch (IOException | RuntimeException e) {
        continue;
      }
    }
    carrySet(to);
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
