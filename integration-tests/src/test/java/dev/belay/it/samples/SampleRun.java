package dev.belay.it.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LinkBreaker;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.SupportGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * One sample application under the agent: two servers of one support group and a client at work.
 *
 * <p>The client reaches the primary's door through a {@link LinkBreaker}, the backup's directly.
 * Used by one test thread.
 */
final class SampleRun {
  private static final String PACKAGE = "dev.belay.samples.";
  private static final String TIMEOUT_MS = "20000";

  private final Rig rig;
  private final Jdk jdk;
  private final SupportGroup group = SupportGroup.of(2);
  private final LinkBreaker way;
  private final Jvm primary;
  private final Jvm backup;
  private Jvm client;

  /** Starts both servers, a class of the samples, and waits until they listen. */
  SampleRun(Rig rig, Jdk jdk, String server) {
    this.rig = rig;
    this.jdk = jdk;
    this.way = rig.breaker(group.member(0).door());
    this.primary = server("primary", server, group.member(0));
    this.backup = server("backup", server, group.member(1));
    primary.awaitLine("^listening on");
    backup.awaitLine("^listening on");
  }

  /** Starts a client that gives up when it hears nothing for long. */
  SampleRun client(String main, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--timeout", TIMEOUT_MS));
    return patientClient(main, all.toArray(String[]::new));
  }

  /** Starts a client whose own library decides how long it waits. */
  SampleRun patientClient(String main, String... arguments) {
    Member first = new Member(group.member(0).port(), way.port());
    SupportGroup seen = new SupportGroup(List.of(first, group.member(1)));
    List<String> all = new ArrayList<>(List.of("--progress", "--port", "" + first.port()));
    all.addAll(List.of(arguments));
    client =
        rig.jvm("client", jdk)
            .agent(seen.clientSettings())
            .main(PACKAGE + main, all.toArray(String[]::new));
    return this;
  }

  /** Waits until the client has done so many units; how many it has done. */
  long awaitDone(long units) {
    return client.transcript().awaitNumber("^progress (\\d+) ", units, Jvm.PATIENCE);
  }

  /** Each chunk of bytes now takes so long to the primary and back. */
  SampleRun slowDown(long ms) {
    way.delay(ms);
    return this;
  }

  void killPrimary() {
    primary.kill9();
  }

  /** Waits until so many sessions went over to the backup. */
  void awaitTakeovers(int sessions) {
    client.transcript().awaitLines(" takeover: service=", sessions, Jvm.PATIENCE);
  }

  Jvm clientJvm() {
    return client;
  }

  Jvm backupJvm() {
    return backup;
  }

  /** The client got everything right, and sessions, as many as this at most, went over. */
  void assertRightAfterTakeoverOfUpTo(int sessions) {
    assertThat(client.awaitExit()).isZero();
    client.awaitLine("^verdict: right, ");
    int takeovers = client.transcript().matches(" takeover: service=").size();
    assertThat(takeovers).isBetween(1, sessions);
    assertThat(backup.awaitLog(takeovers, "takeover here: service=")).hasSize(takeovers);
  }

  private Jvm server(String name, String main, Member at) {
    return rig.jvm(name, jdk)
        .agent(at.settings())
        .main(PACKAGE + main, "--port", String.valueOf(at.port()));
  }
}
