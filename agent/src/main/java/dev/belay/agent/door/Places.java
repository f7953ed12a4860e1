package dev.belay.agent.door;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The places in a herd that takeovers under way have. A place is for work: a takeover that is found
 * waiting for its client, or for the application to accept, again and again while others wait for
 * places, goes on without one. So a client that lets its log trickle, on purpose or over a slow
 * line, keeps nobody waiting, and gets on as before.
 *
 * <p>Invariant: each place that was noted is left once. Loop thread.
 *
 * @param <T> a takeover
 */
final class Places<T> {
  /** Found idle so many times one after the other. */
  private static final int IDLE_LOOKS = 3;

  private static final class Place {
    private final Herd herd;
    private int idleLooks;

    private Place(Herd herd) {
      this.herd = herd;
    }
  }

  private final Predicate<T> isIdle;
  private final Map<T, Place> taken = new LinkedHashMap<>();

  /**
   * @param isIdle whether a takeover needs nothing of this server at the moment
   */
  Places(Predicate<T> isIdle) {
    this.isIdle = isIdle;
  }

  /** It was let in. */
  void note(T takeover, Herd herd) {
    taken.put(takeover, new Place(herd));
  }

  /** It is through, or given up; or has no place. */
  void leave(T takeover) {
    Place left = taken.remove(takeover);
    if (left != null) {
      left.herd.leave();
    }
  }

  /** Now and then. */
  void review() {
    for (T takeover : List.copyOf(taken.keySet())) {
      Place place = taken.get(takeover);
      if (place == null) {
        continue; // left when another did
      }
      place.idleLooks = isIdle.test(takeover) ? place.idleLooks + 1 : 0;
      if (place.idleLooks >= IDLE_LOOKS && place.herd.hasWaiting()) {
        leave(takeover);
      }
    }
  }
}
