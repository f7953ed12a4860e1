package dev.belay.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ServiceFilterTest {

  @Test
  void shouldNameEveryPortByItsNumber() throws Exception {
    ServiceFilter filter = ServiceFilter.parse("*");

    assertThat(filter.isNone()).isFalse();
    assertThat(filter.nameOf(7001)).isEqualTo("7001");
  }

  @Test
  void shouldProtectOnlyListedPorts() throws Exception {
    ServiceFilter filter = ServiceFilter.parse("7001,db=5432");

    assertThat(filter.nameOf(7001)).isEqualTo("7001");
    assertThat(filter.nameOf(5432)).isEqualTo("db");
    assertThat(filter.nameOf(80)).isNull();
  }

  @Test
  void shouldNameSomeOfAllPorts() throws Exception {
    ServiceFilter filter = ServiceFilter.parse("db=5432,*");

    assertThat(filter.nameOf(5432)).isEqualTo("db");
    assertThat(filter.nameOf(80)).isEqualTo("80");
    assertThat(filter).hasToString("*,db=5432");
  }

  @Test
  void shouldProtectNothingWhenToldSo() throws Exception {
    assertThat(ServiceFilter.parse("none").isNone()).isTrue();
    assertThat(ServiceFilter.parse("").isNone()).isTrue();
    assertThat(ServiceFilter.parse("none").nameOf(80)).isNull();
    assertThat(ServiceFilter.parse("")).hasToString("none");
  }
}
