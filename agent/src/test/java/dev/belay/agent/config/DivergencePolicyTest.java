package dev.belay.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DivergencePolicyTest {

  @Test
  void shouldAbortUnlessTold() throws Exception {
    DivergencePolicy policy = DivergencePolicy.parse("db=continue");

    assertThat(policy.of("db")).isEqualTo(Divergence.CONTINUE);
    assertThat(policy.of("web")).isEqualTo(Divergence.ABORT);
    assertThat(policy).hasToString("abort,db=continue");
  }

  @Test
  void shouldPreferAServicesOwnValue() throws Exception {
    DivergencePolicy policy = DivergencePolicy.parse("continue, db = abort");

    assertThat(policy.of("db")).isEqualTo(Divergence.ABORT);
    assertThat(policy.of("web")).isEqualTo(Divergence.CONTINUE);
  }
}
