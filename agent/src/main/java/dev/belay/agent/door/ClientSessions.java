package dev.belay.agent.door;

import java.util.Arrays;
import java.util.List;

/**
 * The sessions of one client, each of which knows its place: an idle one costs four bytes here,
 * where an entry of a set costs forty.
 *
 * <p>Invariant: a session is with one client at most; its place is where it stands, or {@link
 * #NOWHERE}. Loop thread.
 */
final class ClientSessions {
  static final int NOWHERE = -1;

  private static final ServerSession[] NONE = {};

  private ServerSession[] all = NONE;
  private int size;

  /** One that is with no client. */
  void add(ServerSession session) {
    if (size == all.length) {
      all = Arrays.copyOf(all, Math.max(4, 2 * size));
    }
    all[size] = session;
    session.place(size++);
  }

  /** One that is here, or with no client. */
  void remove(ServerSession session) {
    int place = session.place();
    if (place == NOWHERE) {
      return;
    }
    ServerSession last = all[--size];
    all[place] = last;
    last.place(place);
    all[size] = null;
    session.place(NOWHERE);
    if (size == 0) {
      all = NONE;
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** A copy, in any order. */
  List<ServerSession> list() {
    return List.of(Arrays.copyOf(all, size));
  }
}
