package dev.belay.agent.takeover;

import dev.belay.agent.config.Target;
import dev.belay.replicator.cluster.Rendezvous;
import dev.belay.replicator.log.SessionId;
import java.util.HashSet;
import java.util.Set;

/**
 * Which server of the support group comes next for one session: rendezvous hashing, weighted by
 * load, so that the sessions of a dead server spread over the others and each has an order of its
 * own. Without loads it is the order in which servers choose the holder of a session's log.
 *
 * <p>Invariant: answers a member of the group, always. Loop thread.
 */
final class Candidates {
  private final LiveGroup group;
  private Set<Target> avoided = Set.of();

  Candidates(LiveGroup group) {
    this.group = group;
  }

  /** The one with the highest score for this session, {@code lost} only if there is no other. */
  Target next(SessionId session, Target lost) {
    Target best = null;
    double bestScore = 0;
    for (Target member : group.targets()) {
      if (avoided.contains(member) || (member.equals(lost) && !onlyLostIsLeft(lost))) {
        continue;
      }
      double score = score(session, member);
      if (best == null || score > bestScore) {
        best = member;
        bestScore = score;
      }
    }
    return best == null ? group.targets().get(0) : best;
  }

  private boolean onlyLostIsLeft(Target lost) {
    for (Target member : group.targets()) {
      if (!member.equals(lost) && !avoided.contains(member)) {
        return false;
      }
    }
    return true;
  }

  /** A server of twice the share is chosen twice as often; rises with the hash. */
  private double score(SessionId session, Target member) {
    long hash = Rendezvous.weight(session.high(), session.low(), member.door().toString());
    double uniform = ((hash >>> 10) + 0.5) * 0x1p-53; // in (0, 1)
    return group.share(member) / -Math.log(uniform);
  }

  /** Not this one in this round. */
  void avoid(Target member) {
    avoided = new HashSet<>(avoided);
    avoided.add(member);
  }

  boolean allAvoided() {
    return avoided.containsAll(group.targets());
  }

  /** A new round. */
  void forgive() {
    avoided = Set.of();
  }
}
