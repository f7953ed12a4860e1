package dev.belay.it.fault;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static dev.belay.it.rig.LedgerStory.handlers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * kill -9 of the server under load: a backup goes on at the exact byte, for every kind of server
 * and client.
 */
@ExtendWith(RigExtension.class)
@Timeout(90)
class KillPrimaryTest {
  private static final int A = 0;
  private static final int B = 1;
  private static final int C = 2;
  private static final int CONNECTIONS = 4;

  /** Hundreds in flight: four connections, each with a hundred. */
  private static final String[] LOAD = {
    "until=told", "connections=" + CONNECTIONS, "window=100", "requests=400", "maxReply=16384"
  };

  @EachJdk
  void shouldGoOnWithBlockingServerAndClient(Jdk jdk, Rig rig) {
    killOnce(new LedgerStory(rig, jdk), ServerKind.BLOCKING, ClientKind.BLOCKING);
  }

  @EachJdk
  void shouldGoOnWithSelectorServerAndClient(Jdk jdk, Rig rig) {
    killOnce(new LedgerStory(rig, jdk), ServerKind.SELECTOR, ClientKind.SELECTOR);
  }

  @EachJdk
  void shouldGoOnWithAsynchronousServerAndClient(Jdk jdk, Rig rig) {
    killOnce(new LedgerStory(rig, jdk), ServerKind.ASYNCHRONOUS, ClientKind.ASYNCHRONOUS);
  }

  @EachJdk
  void shouldGoOnWithVirtualThreadServerAndClient(Jdk jdk, Rig rig) {
    assumeThat(jdk.hasVirtualThreads()).as("virtual threads in %s", jdk).isTrue();

    killOnce(new LedgerStory(rig, jdk), ServerKind.VIRTUAL, ClientKind.VIRTUAL);
  }

  @EachJdk
  void shouldGoOnFromBlockingToSelectorServerWithAsynchronousClient(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = story.server("A", group.member(A), ServerKind.BLOCKING);
    Jvm backup = story.server("B", group.member(B), ServerKind.SELECTOR);
    Jvm client = story.client(ClientKind.ASYNCHRONOUS, group, LOAD);

    awaitMore(client, 300);
    primary.kill9();
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, backup);
  }

  @Test
  void shouldGoOnAcrossJdksOfDifferentVersions(Rig rig) {
    LedgerStory old = new LedgerStory(rig, Jdk.oldest());
    LedgerStory young = new LedgerStory(rig, Jdk.newest());
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = young.server("A", group.member(A), ServerKind.SELECTOR);
    Jvm backup = old.server("B", group.member(B), ServerKind.ASYNCHRONOUS);
    Jvm client = young.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 300);
    primary.kill9();
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, backup);
  }

  @EachJdk
  void shouldMoveThreeHundredConnections(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = story.server("A", group.member(A), ServerKind.SELECTOR);
    Jvm backup = story.server("B", group.member(B), ServerKind.BLOCKING);
    Jvm client =
        story.client(
            ClientKind.SELECTOR,
            group,
            "until=told",
            "connections=300",
            "window=8",
            "requests=10",
            "maxReply=2048");

    primary.transcript().awaitLines("^OPENED ", 300, Jvm.PATIENCE);
    awaitMore(client, 600);
    primary.kill9();
    backup.transcript().awaitLines("^OPENED ", 300, Jvm.PATIENCE);
    finish(client);

    assertSameStreams(client, backup);
    assertThat(handlers(backup)).isEqualTo(300);
  }

  @EachJdk
  void shouldReturnToRestartedServer(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm firstA = story.server("A", group.member(A), ServerKind.BLOCKING);
    Jvm b = story.server("B", group.member(B), ServerKind.SELECTOR);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 200);
    firstA.kill9();
    awaitMore(client, 200);
    Jvm secondA = story.server("A again", group.member(A), ServerKind.BLOCKING);
    b.kill9();
    awaitMore(client, 200);
    finish(client);

    assertSameStreams(client, secondA);
  }

  @EachJdk
  void shouldSurviveDeathOfBackupInMidTakeover(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(3);
    Jvm primary = story.server("A", group.member(A), ServerKind.BLOCKING);
    Jvm b = story.server("B", group.member(B), ServerKind.BLOCKING);
    Jvm c = story.server("C", group.member(C), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 800);
    primary.kill9();
    await().until(() -> handlers(b) + handlers(c) > 0);
    Jvm first = handlers(b) > 0 ? b : c; // each session chooses by its id
    Jvm second = first == b ? c : b;
    first.kill9();
    awaitMore(client, 200);
    finish(client);

    assertSameStreams(client, second);
    assertThat(handlers(second)).isEqualTo(CONNECTIONS);
  }

  private static void killOnce(LedgerStory story, ServerKind server, ClientKind client) {
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = story.server("A", group.member(A), server);
    Jvm backup = story.server("B", group.member(B), server);
    Jvm application = story.client(client, group, LOAD);

    awaitMore(application, 300);
    primary.kill9();
    awaitMore(application, 300);
    finish(application);

    assertSameStreams(application, backup);
    assertThat(handlers(backup)).isEqualTo(CONNECTIONS);
    application.awaitLine(
        " belay .*takeover.*session=.*from=.*to=.*cause=.*stall=\\d+ms.*replayed=\\d+.*"
            + "suppressed=\\d+.*resent=\\d+");
  }
}
