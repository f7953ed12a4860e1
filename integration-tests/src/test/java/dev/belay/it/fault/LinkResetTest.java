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
import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.LinkBreaker;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Links that break while their only server is well: the streams go on, and no handler sees anything
 * a second time.
 */
@ExtendWith(RigExtension.class)
@Timeout(90)
class LinkResetTest {
  private static final int CONNECTIONS = 4;
  private static final int RESETS = 5;

  /** Long requests and long replies: both directions are full when a link goes. */
  private static final String[] LOAD = {
    "until=told",
    "connections=" + CONNECTIONS,
    "window=100",
    "requests=100",
    "maxReply=16384",
    "maxRequest=8192"
  };

  @EachJdk
  void shouldOutliveFiveResetsWithBlockingSockets(Jdk jdk, Rig rig) {
    resetFiveTimes(new LedgerStory(rig, jdk), rig, ServerKind.BLOCKING, ClientKind.BLOCKING);
  }

  @EachJdk
  void shouldOutliveFiveResetsWithSelectors(Jdk jdk, Rig rig) {
    resetFiveTimes(new LedgerStory(rig, jdk), rig, ServerKind.SELECTOR, ClientKind.SELECTOR);
  }

  @EachJdk
  void shouldOutliveFiveResetsWithAsynchronousChannels(Jdk jdk, Rig rig) {
    resetFiveTimes(
        new LedgerStory(rig, jdk), rig, ServerKind.ASYNCHRONOUS, ClientKind.ASYNCHRONOUS);
  }

  @OneJdk
  void shouldOutliveResetsOfAllLinksOfAPair(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm server = server(story, way, ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), LOAD);

    awaitMore(client, 100);
    awaitDataLinks(way);
    int first = way.door().reset(LinkBreaker.ALL);
    awaitMore(client, 200);
    awaitDataLinks(way);
    int second = way.door().reset(LinkBreaker.ALL);
    awaitMore(client, 200);
    finish(client);

    assertThat(first).isEqualTo(CONNECTIONS + 1);
    assertThat(second).isPositive();
    assertNothingReplayed(client, server, way);
  }

  @OneJdk
  void shouldOutliveSilenceOfAllLinksOfAPair(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm server = server(story, way, ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), LOAD);

    awaitMore(client, 100);
    awaitDataLinks(way);
    int silenced = way.door().silence(LinkBreaker.ALL);
    awaitMore(client, 1000);
    finish(client);

    assertThat(silenced).isEqualTo(CONNECTIONS + 1);
    assertNothingReplayed(client, server, way);
  }

  @OneJdk
  void shouldOutliveSilenceOfDataLinksAlone(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm server = server(story, way, ServerKind.SELECTOR);
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), LOAD);

    awaitMore(client, 100);
    awaitDataLinks(way);
    int silenced = way.door().silence(LinkBreaker.DATA);
    awaitMore(client, 1000);
    finish(client);

    assertThat(silenced).isEqualTo(CONNECTIONS);
    assertNothingReplayed(client, server, way);
  }

  @OneJdk
  void shouldOutliveResetOfControlLinkAlone(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm server = server(story, way, ServerKind.SELECTOR);
    Jvm client = story.client(ClientKind.SELECTOR, way.group(), LOAD);

    awaitMore(client, 100);
    awaitDataLinks(way);
    int reset = way.door().breakControl();
    awaitMore(client, 500);
    int resetAgain = way.door().breakControl();
    awaitMore(client, 500);
    finish(client);

    assertThat(reset).isEqualTo(1);
    assertThat(resetAgain).isLessThanOrEqualTo(1);
    assertNothingReplayed(client, server, way);
  }

  private static void resetFiveTimes(
      LedgerStory story, Rig rig, ServerKind serverKind, ClientKind clientKind) {
    BrokenWay way = BrokenWay.of(rig);
    Jvm server = server(story, way, serverKind);
    Jvm client = story.client(clientKind, way.group(), LOAD);

    for (int resets = 0; resets < RESETS; resets++) {
      awaitMore(client, 100);
      awaitDataLinks(way);
      assertThat(way.door().breakData()).isPositive();
    }
    awaitMore(client, 100);
    finish(client);

    assertNothingReplayed(client, server, way);
    client.awaitLine(" belay .*resume");
  }

  private static Jvm server(LedgerStory story, BrokenWay way, ServerKind kind) {
    return story.server("A", way.server().port(), kind, way.serverSettings());
  }

  private static void awaitDataLinks(BrokenWay way) {
    await()
        .atMost(Jvm.PATIENCE)
        .untilAsserted(() -> assertThat(way.door().alive(LinkBreaker.DATA)).hasSize(CONNECTIONS));
  }

  private static void assertNothingReplayed(Jvm client, Jvm server, BrokenWay way) {
    assertSameStreams(client, server);
    assertThat(handlers(server)).isEqualTo(CONNECTIONS);
    assertThat(way.app().links()).isEmpty();
  }
}
