package dev.belay.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class JmxReportTest {

  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private final Metrics metrics = new Metrics();
  private final List<SessionView> sessions =
      List.of(
          new FixedSession("LINKED", 100, 1_000, 60),
          new FixedSession("LINKED", 10, 10, 20),
          new FixedSession("PARKED", 1, 1, 1));
  private final JmxReport report = new JmxReport(metrics, () -> sessions);

  @AfterEach
  void unregister() {
    report.unregisterJmx();
  }

  @Test
  void shouldAddUpLiveAndEndedSessions() throws Exception {
    metrics.sessionEnded(new FixedSession("CLOSED", 1_000_000, 2_000_000, 0));
    report.registerJmx();

    assertThat(total("Sessions")).isEqualTo(3L);
    assertThat(total("BytesIn")).isEqualTo(1_000_111L);
    assertThat(total("BytesOut")).isEqualTo(2_001_011L);
    assertThat(total("DurableLagBytes")).isEqualTo(40L);
    assertThat(total("LogBytes")).isEqualTo(12_288L);
    assertThat(total("LastFailoverMs")).isEqualTo(-1L);
    assertThat(total("BytesLost")).isEqualTo(0L);
    assertThat(total("Cluster")).isEqualTo("none");
    assertThat(total("HeldSessions")).isEqualTo(0L);
  }

  @Test
  void shouldCountSessionsByState() throws Exception {
    report.registerJmx();

    TabularData states = (TabularData) total("SessionsByState");

    assertThat(states.get(new Object[] {"LINKED"}).get("value")).isEqualTo(2L);
    assertThat(states.get(new Object[] {"PARKED"}).get("value")).isEqualTo(1L);
  }

  @Test
  void shouldShowEachSessionAsARow() throws Exception {
    report.registerJmx();

    CompositeData[] rows =
        (CompositeData[]) SERVER.getAttribute(new ObjectName(JmxReport.SESSIONS_NAME), "Sessions");

    assertThat(rows).hasSize(3);
    assertThat(rows[0].get("id")).isEqualTo("7c00000000000000000000000000002a");
    assertThat(rows[0].get("service")).isEqualTo("db");
    assertThat(rows[0].get("state")).isEqualTo("LINKED");
    assertThat(rows[0].get("epoch")).isEqualTo(3L);
    assertThat(rows[0].get("peer")).isEqualTo("10.0.0.9:51234");
    assertThat(rows[0].get("inPosition")).isEqualTo(100L);
    assertThat(rows[0].get("outPosition")).isEqualTo(1_000L);
    assertThat(rows[0].get("durableLagBytes")).isEqualTo(40L);
    assertThat(rows[0].get("logBytes")).isEqualTo(4_096L);
    assertThat(rows[0].get("failovers")).isEqualTo(2L);
    assertThat(rows[0].get("divergences")).isEqualTo(3L);
    assertThat(rows[0].get("demotions")).isEqualTo(1L);
    assertThat(rows[0].get("bytesLost")).isEqualTo(0L);
  }

  @Test
  void shouldRegisterOnceAndOnlyWhenAsked() throws Exception {
    assertThat(SERVER.isRegistered(new ObjectName(JmxReport.AGENT_NAME))).isFalse();

    report.registerJmx();
    report.registerJmx();

    assertThat(SERVER.isRegistered(new ObjectName(JmxReport.AGENT_NAME))).isTrue();
  }

  private static Object total(String attribute) throws Exception {
    return SERVER.getAttribute(new ObjectName(JmxReport.AGENT_NAME), attribute);
  }
}
