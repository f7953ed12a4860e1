package dev.belay.agent.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import sun.nio.ch.BelayNative;

/** Arrays that the JDK does not clear are arrays like any other, compiled code or not. */
final class NewBytesTest {
  private static final int ROUNDS = 30_000; // beyond what it takes to be compiled

  @Test
  void shouldMakeArraysOfTheirOwn() {
    byte[] before = BelayNative.newBytes(0);
    for (int i = 1; i < ROUNDS; i++) {
      byte[] fresh = BelayNative.newBytes(i % 2000);
      Arrays.fill(fresh, (byte) i);
      assertThat(fresh.length).isEqualTo(i % 2000);
      assertThat(before.length == 0 || before[before.length - 1] == (byte) (i - 1)).isTrue();
      before = fresh;
    }
  }
}
