package dev.belay.it.fault;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static dev.belay.it.rig.LedgerStory.handlers;
import static dev.belay.it.rig.Link.Direction.TO_SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.BrokenWay;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.LinkBreaker;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Faults that come before a connection's first byte: while it is opened, and just after. */
@ExtendWith(RigExtension.class)
@Timeout(90)
class EarlyFaultTest {
  private static final int CONNECTIONS = 4;
  private static final String[] LOAD = {
    "until=told", "connections=" + CONNECTIONS, "window=50", "requests=100", "maxReply=4096"
  };
  private static final String[] HELD_LOAD = {
    "begin=told",
    "until=told",
    "connections=" + CONNECTIONS,
    "window=50",
    "requests=100",
    "maxReply=4096"
  };

  /** The server has opened the session, its client does not know. */
  @OneJdk
  void shouldOutliveAResetBetweenOpenAndItsReply(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm server = server(story, way);
    way.door().loseReplies(CONNECTIONS);
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), LOAD);

    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, server);
    assertThat(way.door().repliesToLose()).isZero();
    assertThat(way.app().links()).noneMatch(link -> link.recording(TO_SERVER).total() > 0);
  }

  @OneJdk
  void shouldGoOnAtTheBackupWhenTheServerIsKilledBeforeTheFirstByte(Jdk jdk, Rig rig) {
    loseServer(new LedgerStory(rig, jdk), Jvm::kill9);
  }

  @OneJdk
  void shouldGoOnAtTheBackupWhenTheServerIsStoppedBeforeTheFirstByte(Jdk jdk, Rig rig) {
    loseServer(new LedgerStory(rig, jdk), Jvm::stop);
  }

  @OneJdk
  void shouldGoOnWhenLinksAreResetBeforeTheFirstByte(Jdk jdk, Rig rig) {
    loseLinks(new LedgerStory(rig, jdk), rig, way -> way.door().reset(LinkBreaker.DATA));
  }

  @OneJdk
  void shouldGoOnWhenLinksFallSilentBeforeTheFirstByte(Jdk jdk, Rig rig) {
    loseLinks(new LedgerStory(rig, jdk), rig, way -> way.door().silence(LinkBreaker.ALL));
  }

  private static void loseServer(LedgerStory story, Consumer<Jvm> fault) {
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = story.server("A", group.member(0), ServerKind.BLOCKING);
    Jvm backup = story.server("B", group.member(1), ServerKind.SELECTOR);
    Jvm client = story.client(ClientKind.BLOCKING, group, HELD_LOAD);

    awaitConnected(client, primary);
    fault.accept(primary);
    client.say("begin");
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, backup);
    assertThat(handlers(primary)).isZero();
    assertThat(handlers(backup)).isEqualTo(CONNECTIONS);
  }

  private static void loseLinks(LedgerStory story, Rig rig, Consumer<BrokenWay> fault) {
    BrokenWay way = BrokenWay.of(rig);
    Jvm server = server(story, way);
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), HELD_LOAD);

    awaitConnected(client, server);
    fault.accept(way);
    client.say("begin");
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, server);
    assertThat(server.transcript().matches("^ACCEPTED ")).hasSize(CONNECTIONS);
  }

  private static void awaitConnected(Jvm client, Jvm server) {
    client.transcript().awaitLines("^WAITING$", CONNECTIONS, Jvm.PATIENCE);
    server.transcript().awaitLines("^ACCEPTED ", CONNECTIONS, Jvm.PATIENCE);
  }

  private static Jvm server(LedgerStory story, BrokenWay way) {
    return story.server("A", way.server().port(), ServerKind.BLOCKING, way.serverSettings());
  }
}
