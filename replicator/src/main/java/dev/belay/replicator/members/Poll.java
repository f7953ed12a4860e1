package dev.belay.replicator.members;

import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A call put to this member's own holder and to all others at the same time. It is over when all
 * have answered, or when one has the session as far as is wanted and nobody worth waiting for is
 * left: a takeover must not wait for the server that it replaces. For a copy that reaches further
 * than those that were found it waits as long as for the first.
 *
 * <p>The log's thread only.
 */
final class Poll {

  /** Where an answer came from: a member, or null for this one. */
  record Ballot(Peer peer, Answer answer) {}

  private final Asks asks;
  private final long wantedPosition;
  private final Consumer<Poll> onEnd;
  private final Set<Peer> awaited = new HashSet<>();
  private final List<Ballot> ballots = new ArrayList<>();
  private boolean failed;
  private boolean foundInTime;
  private boolean ended;

  Poll(Asks asks, long wantedPosition, Consumer<Poll> onEnd) {
    this.asks = asks;
    this.wantedPosition = wantedPosition;
    this.onEnd = onEnd;
  }

  void begin(Call call, Answer own, List<Peer> others, Loop loop) {
    ballots.add(new Ballot(null, own));
    awaited.addAll(others);
    byte[] batch = Call.encode(List.of(call), 128);
    for (Peer each : others) {
      asks.ask(each, batch, (answer, failure) -> returned(each, answer));
    }
    loop.after(
        asks.patience().foundNs(),
        () -> {
          foundInTime = true;
          endIfDone();
        });
    loop.after(asks.patience().nothingNs(), this::end);
    endIfDone();
  }

  private void returned(Peer peer, byte[] batch) {
    awaited.remove(peer);
    Answer answer = batch == null ? null : only(batch);
    if (answer == null) {
      failed = true;
    } else {
      ballots.add(new Ballot(peer, answer));
    }
    endIfDone();
  }

  private static Answer only(byte[] batch) {
    try {
      List<Answer> answers = Answer.decode(batch);
      return answers.size() == 1 ? answers.get(0) : null;
    } catch (CallFormatException e) {
      return null; // as good as no answer
    }
  }

  private void endIfDone() {
    Ballot best = best();
    boolean isEnough = best != null && recordOf(best).endPosition() >= wantedPosition;
    if (awaited.isEmpty() || isEnough && (foundInTime || onlyUselessAreAwaited(best))) {
      end();
    }
  }

  /** The server that is replaced, if it is that, and members that have been silent before. */
  private boolean onlyUselessAreAwaited(Ballot best) {
    String before = ((Answer.Found) best.answer).before();
    for (Peer each : awaited) {
      if (!each.server().equals(before) && !asks.isSilent(each)) {
        return false;
      }
    }
    return true;
  }

  private void end() {
    if (!ended) {
      ended = true;
      onEnd.accept(this);
    }
  }

  List<Ballot> ballots() {
    return ballots;
  }

  /**
   * Of those that have the session the one of the highest end, then of the highest epoch. All
   * copies are the beginning of what one client has sent, whichever incarnation wrote them, and a
   * handler can keep the turns of any.
   */
  Ballot best() {
    Ballot best = null;
    for (Ballot each : ballots) {
      if (each.answer instanceof Answer.Found && (best == null || isBetter(each, best))) {
        best = each;
      }
    }
    return best;
  }

  /** As {@link #best}, of the other members only. */
  Ballot bestOfOthers() {
    Ballot best = null;
    for (Ballot each : ballots) {
      boolean counts = each.peer != null && each.answer instanceof Answer.Found;
      if (counts && (best == null || isBetter(each, best))) {
        best = each;
      }
    }
    return best;
  }

  private static boolean isBetter(Ballot one, Ballot other) {
    SessionRecord ours = recordOf(one);
    SessionRecord theirs = recordOf(other);
    int byEnd = Long.compare(ours.endPosition(), theirs.endPosition());
    return byEnd > 0 || byEnd == 0 && theirs.epoch().isBefore(ours.epoch());
  }

  private static SessionRecord recordOf(Ballot found) {
    return ((Answer.Found) found.answer).record();
  }

  /** The latest incarnation that anybody knows of, with the log of the best copy; there is one. */
  SessionRecord known() {
    SessionRecord longest = recordOf(best());
    SessionRecord latest = longest;
    for (Ballot each : ballots) {
      boolean isFound = each.answer instanceof Answer.Found;
      if (isFound && latest.epoch().isBefore(recordOf(each).epoch())) {
        latest = recordOf(each);
      }
    }
    return latest.holding(longest.startPosition(), longest.endPosition());
  }

  /**
   * Nobody knows a later epoch, or finds fault.
   *
   * @throws RuntimeException the refusal of the one who knows the latest
   */
  void requireNobodyAgainst(SessionId id) {
    Answer.Fenced latest = null;
    for (Ballot each : ballots) {
      if (each.answer instanceof Answer.Faulty faulty) {
        throw faulty.failure(id);
      }
      if (each.answer instanceof Answer.Fenced fenced
          && (latest == null || latest.ours().isBefore(fenced.ours()))) {
        latest = fenced;
      }
    }
    if (latest != null) {
      throw latest.failure(id);
    }
  }

  /** The sum of the numbers that were answered. */
  int total() {
    long total = 0;
    for (Ballot each : ballots) {
      total += each.answer instanceof Answer.Number number ? number.value() : 0;
    }
    return (int) Math.min(total, Integer.MAX_VALUE);
  }

  /** Why it has not found anything. */
  RuntimeException failure(SessionId id) {
    Answer refusal = new Answer.Unknown();
    for (Ballot each : ballots) {
      boolean says = each.answer.kind() != Answer.Kind.UNKNOWN;
      refusal = says ? each.answer : refusal;
    }
    boolean complete = awaited.isEmpty() && !failed;
    return complete || refusal.kind() != Answer.Kind.UNKNOWN
        ? refusal.failure(id)
        : new NoAnswerException("members did not answer, none of the others knows the session");
  }
}
