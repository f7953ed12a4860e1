package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@link DoorIdentity}: one for each JVM. */
final class DoorIdentityTest {
  @Test
  void shouldStayTheSame() {
    DoorIdentity identity = new DoorIdentity();

    assertThat(identity.instance()).isEqualTo(identity.instance());
    assertThat(identity.instance().length()).isEqualTo(16);
    assertThat(identity.random()).isSameAs(identity.random());
  }

  @Test
  void shouldBeAnotherInEachJvm() {
    assertThat(new DoorIdentity().instance()).isNotEqualTo(new DoorIdentity().instance());
  }
}
