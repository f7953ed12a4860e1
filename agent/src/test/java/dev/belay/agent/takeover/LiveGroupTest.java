package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.config.SupportGroup;
import dev.belay.agent.config.Target;
import dev.belay.replicator.log.SessionId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link LiveGroup}: what is configured, and what the servers say. */
final class LiveGroupTest {
  private static final Target A = new Target("localhost", 7001, 7401);
  private static final Target B = new Target("10.0.0.2", 7001, 7401);
  private static final Target C = new Target("10.0.0.3", 7001, 7401);

  /** What localhost is, or null while that is not known. */
  private String address = "127.0.0.1";

  private final LiveGroup group = new LiveGroup(new SupportGroup(List.of(A)), new Names());

  private final class Names implements LiveGroup.Names {
    @Override
    public LiveGroup.Likeness compare(Target one, Target other) {
      if (one.equals(A) && address == null) {
        return LiveGroup.Likeness.UNKNOWN;
      }
      String host = one.equals(A) ? address : one.host();
      boolean isSame = one.doorPort() == other.doorPort() && host.equals(other.host());
      return isSame ? LiveGroup.Likeness.SAME : LiveGroup.Likeness.OTHER;
    }

    @Override
    public boolean isLoopback(String host) {
      return host.equals("localhost") || host.startsWith("127.");
    }
  }

  private void named(Target by, String... members) {
    group.named(by.door(), List.of(members), 0);
  }

  @Test
  void shouldBeWhatIsConfiguredAtFirst() {
    assertThat(group.targets()).containsExactly(A);
    assertThat(group.share(A)).isEqualTo(1);
  }

  @Test
  void shouldLearnTheOthers() {
    named(A, "127.0.0.1:7001@7401/4", "10.0.0.2:7001@7401/0", "10.0.0.3:7001@7401/0");

    assertThat(group.targets()).containsExactly(A, B, C);
    assertThat(group.has("10.0.0.2", 7401, "7001")).isTrue();
    assertThat(group.has("10.0.0.2", 7401, "7002")).isFalse();
  }

  @Test
  void shouldListNobodyTwiceWhileANameHasNoAddressYet() {
    address = null;
    named(A, "127.0.0.1:7001@7401/4", "10.0.0.2:7001@7401/0");
    assertThat(group.targets()).containsExactly(A);

    address = "127.0.0.1";
    group.reconsider();

    assertThat(group.targets()).containsExactly(A, B);
  }

  @Test
  void shouldForgetWhoHasLeftButNobodyConfigured() {
    named(A, "10.0.0.2:7001@7401/0", "10.0.0.3:7001@7401/0");

    named(A, "10.0.0.3:7001@7401/0");

    assertThat(group.targets()).containsExactly(A, C);
  }

  @Test
  void shouldPassOverWhatItDoesNotUnderstand() {
    named(A, "", "x", "10.0.0.2:7001/3", "10.0.0.2:7001@7401/-", ":@/", "10.0.0.3:7001@7401");

    assertThat(group.targets()).containsExactly(A, C);
  }

  @Test
  void shouldChooseALoadedServerLessOften() {
    named(A, "127.0.0.1:7001@7401/0", "10.0.0.2:7001@7401/1000", "10.0.0.3:7001@7401/0");
    Random random = new Random(1);
    int loaded = 0;
    int idle = 0;
    for (int i = 0; i < 4000; i++) {
      Target next =
          new Candidates(group).next(new SessionId(random.nextLong(), random.nextLong()), A);
      loaded += next.equals(B) ? 1 : 0;
      idle += next.equals(C) ? 1 : 0;
    }

    assertThat(loaded + idle).isEqualTo(4000);
    assertThat(loaded).isBetween(600, 1400); // a share of 1/4 against 1
  }

  @Test
  void shouldKeepWhatTheOthersSayWhenOneHasJustStarted() {
    named(A, "127.0.0.1:7001@7401/0", "10.0.0.2:7001@7401/0", "10.0.0.3:7001@7401/0");
    named(B, "127.0.0.1:7001@7401/0", "10.0.0.2:7001@7401/0", "10.0.0.3:7001@7401/0");

    named(A, "127.0.0.1:7001@7401/0");

    assertThat(group.targets()).containsExactly(A, B, C);
    assertThat(group.has(B.host(), B.doorPort(), "7001")).isTrue();
  }

  @Test
  void shouldForgetWhatAServerHasSaidThatIsGone() {
    named(B, "10.0.0.2:7001@7401/0", "10.0.0.3:7001@7401/0");
    named(A, "127.0.0.1:7001@7401/0", "10.0.0.3:7001@7401/0");

    group.review(99, 0, 100, A.door()::equals);
    assertThat(group.targets()).contains(B);
    group.review(198, 99, 100, A.door()::equals);
    assertThat(group.targets()).contains(B);
    group.review(200, 1, 100, A.door()::equals);

    assertThat(group.targets()).containsExactly(A, C);
  }

  @Test
  void shouldKeepTheLastThatWasHeardWhoeverIsGone() {
    named(B, "10.0.0.2:7001@7401/0", "10.0.0.3:7001@7401/0");

    group.review(1000, 0, 100, door -> false);

    assertThat(group.targets()).containsExactly(A, B, C);
  }

  /** Its own loopback address is not that of the client's machine. */
  @Test
  void shouldNotBelieveAnotherMachineThatAServerIsAtALoopbackAddress() {
    named(B, "127.0.0.1:7002@7402/0", "10.0.0.3:7001@7401/0");
    assertThat(group.targets()).containsExactly(A, C);

    named(A, "127.0.0.1:7002@7402/0");

    assertThat(group.targets()).containsExactly(A, C, new Target("127.0.0.1", 7002, 7402));
  }
}
