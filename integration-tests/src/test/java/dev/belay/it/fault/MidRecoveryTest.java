package dev.belay.it.fault;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static dev.belay.it.rig.LedgerStory.handlers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.BrokenWay;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.LinkBreaker;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A second fault while the first is being mended. */
@ExtendWith(RigExtension.class)
@Timeout(90)
class MidRecoveryTest {
  private static final int CONNECTIONS = 4;
  private static final String[] LOAD = {
    "until=told", "connections=" + CONNECTIONS, "window=50", "requests=100", "maxReply=16384"
  };

  @OneJdk
  void shouldOutliveResetsOfTheNewLinksDuringAResume(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm server = story.server("A", way.server().port(), ServerKind.BLOCKING, way.serverSettings());
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), LOAD);

    awaitMore(client, 100);
    way.door().resetNewLinks(true);
    assertThat(way.door().breakData()).isEqualTo(CONNECTIONS);
    await().atMost(Jvm.PATIENCE).until(() -> way.door().refusedLinks() >= CONNECTIONS);
    way.door().resetNewLinks(false);
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, server);
    assertThat(handlers(server)).isEqualTo(CONNECTIONS);
  }

  @OneJdk
  void shouldOutliveSilenceOfTheNewLinksDuringAResume(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm server = story.server("A", way.server().port(), ServerKind.BLOCKING, way.serverSettings());
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), LOAD);

    awaitMore(client, 100);
    way.door().silenceNewLinks(true);
    int before = way.door().links().size();
    assertThat(way.door().reset(LinkBreaker.ALL)).isEqualTo(CONNECTIONS + 1);
    await().atMost(Jvm.PATIENCE).until(() -> way.door().links().size() > before);
    way.door().silenceNewLinks(false);
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, server);
    assertThat(handlers(server)).isEqualTo(CONNECTIONS);
  }

  @OneJdk
  void shouldSurviveDeathOfThePrimaryDuringAResume(Jdk jdk, Rig rig) {
    losePrimaryDuringAResume(jdk, rig, Jvm::kill9);
  }

  @OneJdk
  void shouldSurviveAStopOfThePrimaryDuringAResume(Jdk jdk, Rig rig) {
    losePrimaryDuringAResume(jdk, rig, Jvm::stop);
  }

  private static void losePrimaryDuringAResume(Jdk jdk, Rig rig, Consumer<Jvm> fault) {
    BrokenWay way = BrokenWay.of(rig);
    Member backupAt = Member.free();
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm primary = story.server("A", way.server().port(), ServerKind.BLOCKING, way.serverSettings());
    Jvm backup = story.server("B", backupAt, ServerKind.SELECTOR);
    SupportGroup group = new SupportGroup(List.of(way.server().beside(), backupAt));
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 100);
    way.door().resetNewLinks(true);
    assertThat(way.door().breakData()).isEqualTo(CONNECTIONS);
    fault.accept(primary);
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, backup);
    assertThat(handlers(backup)).isEqualTo(CONNECTIONS);
  }

  @OneJdk
  void shouldOutliveResetOfAllLinksToTheBackupDuringTheReplay(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    Member primaryAt = Member.free();
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm primary = story.server("A", primaryAt, ServerKind.BLOCKING);
    Jvm backup = story.server("B", way.server().port(), ServerKind.BLOCKING, way.serverSettings());
    SupportGroup group = new SupportGroup(List.of(primaryAt, way.server().beside()));
    Jvm client = story.client(ClientKind.SELECTOR, group, LOAD);

    awaitMore(client, 1000);
    primary.kill9();
    await().atMost(Jvm.PATIENCE).until(() -> handlers(backup) > 0);
    assertThat(way.door().reset(LinkBreaker.ALL)).isPositive();
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, backup);
  }

  /** It is continued in the end: what its handlers still say is nobody's. */
  @OneJdk
  void shouldGoOnAtTheThirdServerWhenTheBackupIsStoppedDuringTheReplay(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(3);
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm primary = story.server("A", group.member(0), ServerKind.BLOCKING);
    Jvm first = story.server("B", group.member(1), ServerKind.BLOCKING);
    Jvm second = story.server("C", group.member(2), ServerKind.SELECTOR);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 1000);
    primary.kill9();
    await().atMost(Jvm.PATIENCE).until(() -> handlers(first) + handlers(second) > 0);
    Jvm stopped = handlers(first) > 0 ? first : second;
    Jvm other = stopped == first ? second : first;
    stopped.stop();
    await().atMost(Jvm.PATIENCE).until(() -> handlers(other) == CONNECTIONS);
    stopped.cont();
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, other);
  }
}
