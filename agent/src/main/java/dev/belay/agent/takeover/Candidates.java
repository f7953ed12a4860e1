package dev.belay.agent.takeover;

import dev.belay.agent.config.Target;
import dev.belay.agent.wire.SessionId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which server of the support group comes next for one session: rendezvous hashing, so that the
 * sessions of a dead server spread over the others and each has an order of its own.
 *
 * <p>Invariant: answers a member of the group, always. Loop thread.
 */
final class Candidates {
  private final List<Target> group;
  private final Set<Target> avoided = new HashSet<>();

  Candidates(List<Target> group) {
    this.group = group;
  }

  /** The one with the highest weight for this session, {@code lost} only if there is no other. */
  Target next(SessionId session, Target lost) {
    Target best = null;
    long bestWeight = 0;
    for (Target member : group) {
      if (avoided.contains(member) || (member.equals(lost) && !onlyLostIsLeft(lost))) {
        continue;
      }
      long weight = weight(session, member);
      if (best == null || weight > bestWeight) {
        best = member;
        bestWeight = weight;
      }
    }
    return best == null ? group.get(0) : best;
  }

  private boolean onlyLostIsLeft(Target lost) {
    for (Target member : group) {
      if (!member.equals(lost) && !avoided.contains(member)) {
        return false;
      }
    }
    return true;
  }

  private static long weight(SessionId session, Target member) {
    long hash = session.high() ^ member.toString().hashCode() * 0x9E3779B97F4A7C15L;
    hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L + session.low();
    hash = (hash ^ hash >>> 29) * 0xBF58476D1CE4E5B9L;
    return hash ^ hash >>> 32;
  }

  /** Not this one in this round. */
  void avoid(Target member) {
    avoided.add(member);
  }

  boolean allAvoided() {
    return avoided.containsAll(group);
  }

  /** A new round. */
  void forgive() {
    avoided.clear();
  }
}
