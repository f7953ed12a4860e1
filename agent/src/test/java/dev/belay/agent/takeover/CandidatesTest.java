package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.config.SupportGroup;
import dev.belay.agent.config.Target;
import dev.belay.replicator.log.SessionId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link Candidates}: always a member of the group, and not the same one for everybody. */
final class CandidatesTest {
  private static final Target A = new Target("a", 7001, 7401);
  private static final Target B = new Target("b", 7001, 7401);
  private static final Target C = new Target("c", 7001, 7401);
  private static final Target D = new Target("d", 7001, 7401);
  private static final List<Target> GROUP = List.of(A, B, C, D);
  private static final int SESSIONS = 4000;

  private static List<SessionId> sessions() {
    Random random = new Random(1);
    List<SessionId> sessions = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      sessions.add(new SessionId(random.nextLong(), random.nextLong()));
    }
    return sessions;
  }

  private static Map<Target, Integer> count(List<Target> group, Target lost) {
    Map<Target, Integer> counts = new HashMap<>();
    for (SessionId session : sessions()) {
      counts.merge(candidates(group).next(session, lost), 1, Integer::sum);
    }
    return counts;
  }

  @Test
  void shouldSpreadTheSessionsOfALostServerOverAllOthers() {
    Map<Target, Integer> counts = count(GROUP, B);

    assertThat(counts).containsOnlyKeys(A, C, D);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(1200, 1470));
  }

  @Test
  void shouldSpreadOverServersThatDifferInTheirPortsOnly() {
    List<Target> local =
        List.of(
            new Target("localhost", 7001, 7401),
            new Target("localhost", 7002, 7402),
            new Target("localhost", 7003, 7403));

    Map<Target, Integer> counts = count(local, local.get(0));

    assertThat(counts).containsOnlyKeys(local.get(1), local.get(2));
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(1800, 2200));
  }

  @Test
  void shouldChooseTheSameForASessionInWhateverOrderTheGroupIsListed() {
    List<Target> reversed = new ArrayList<>(GROUP);
    Collections.reverse(reversed);

    for (SessionId session : sessions()) {
      assertThat(candidates(reversed).next(session, A))
          .isEqualTo(candidates(GROUP).next(session, A));
    }
  }

  @Test
  void shouldMoveNobodyElseWhenAServerIsLost() {
    for (SessionId session : sessions()) {
      Target before = candidates(GROUP).next(session, null);
      Target after = candidates(GROUP).next(session, D);

      assertThat(List.of(before, D)).as("%s", session).contains(before.equals(D) ? D : after);
    }
  }

  @Test
  void shouldAskTheLostServerOnlyWhenThereIsNoOther() {
    for (SessionId session : sessions().subList(0, 50)) {
      Candidates candidates = candidates(GROUP);
      candidates.avoid(A);
      candidates.avoid(C);
      assertThat(candidates.next(session, B)).isEqualTo(D);

      candidates.avoid(D);

      assertThat(candidates.next(session, B)).isEqualTo(B);
    }
  }

  @Test
  void shouldTryEveryServerOfARoundOnce() {
    for (SessionId session : sessions().subList(0, 50)) {
      Candidates candidates = candidates(GROUP);
      List<Target> tried = new ArrayList<>();
      while (!candidates.allAvoided()) {
        Target next = candidates.next(session, B);
        tried.add(next);
        candidates.avoid(next);
      }

      assertThat(tried).containsExactlyInAnyOrder(A, B, C, D).endsWith(B);
    }
  }

  @Test
  void shouldAnswerAMemberThoughAllAreAvoided() {
    Candidates candidates = candidates(GROUP);
    GROUP.forEach(candidates::avoid);

    assertThat(candidates.allAvoided()).isTrue();
    assertThat(GROUP).contains(candidates.next(new SessionId(1, 2), A));
  }

  @Test
  void shouldBeginANewRoundWithAll() {
    Candidates candidates = candidates(GROUP);
    SessionId session = new SessionId(1, 2);
    Target first = candidates.next(session, A);
    GROUP.forEach(candidates::avoid);

    candidates.forgive();

    assertThat(candidates.allAvoided()).isFalse();
    assertThat(candidates.next(session, A)).isEqualTo(first);
  }

  @Test
  void shouldAnswerTheOnlyMemberOfAGroup() {
    Candidates alone = candidates(List.of(A));

    assertThat(alone.next(new SessionId(1, 2), A)).isEqualTo(A);
    alone.avoid(A);
    assertThat(alone.next(new SessionId(1, 2), A)).isEqualTo(A);
  }

  private static Candidates candidates(List<Target> group) {
    return new Candidates(new LiveGroup(new SupportGroup(group), new DifferentNames()));
  }

  private static final class DifferentNames implements LiveGroup.Names {
    @Override
    public LiveGroup.Likeness compare(Target one, Target other) {
      return LiveGroup.Likeness.OTHER;
    }

    @Override
    public boolean isLoopback(String host) {
      return false;
    }
  }
}
