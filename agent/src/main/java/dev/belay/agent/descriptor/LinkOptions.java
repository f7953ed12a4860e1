package dev.belay.agent.descriptor;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashMap;
import java.util.Map;
import sun.nio.ch.BelayNative;

/**
 * Carries socket options from link to link. Options of which the kernel keeps a default that it
 * tunes by itself (buffer sizes) are carried only when the application set them.
 *
 * <p>Invariant: none. Guarded by the descriptor's lock.
 */
final class LinkOptions {
  private static final SocketOption<?>[] CARRIED = {
    StandardSocketOptions.TCP_NODELAY,
    StandardSocketOptions.SO_KEEPALIVE,
    StandardSocketOptions.SO_LINGER,
  };

  /** Immutable, and small: each session has one. */
  private Map<SocketOption<?>, Object> explicit;

  /**
   * @param before what the application set before the descriptor was guarded
   */
  LinkOptions(Map<SocketOption<?>, Object> before) {
    explicit = Map.copyOf(before);
  }

  void set(SocketOption<?> name, Object value) {
    Map<SocketOption<?>, Object> next = new HashMap<>(explicit);
    next.put(name, value);
    explicit = Map.copyOf(next);
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
