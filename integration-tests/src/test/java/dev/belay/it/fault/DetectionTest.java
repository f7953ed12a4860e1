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
import dev.belay.it.rig.Link;
import dev.belay.it.rig.Link.Direction;
import dev.belay.it.rig.LinkBreaker;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rhythm;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What must not be taken for a dead server: links that flap or lose one direction, a server that is
 * slow, a client that was stopped itself.
 */
@ExtendWith(RigExtension.class)
@Timeout(90)
class DetectionTest {
  private static final int CONNECTIONS = 4;
  private static final Duration FLAP = Duration.ofMillis(200);
  private static final int FLAPS = 15;
  private static final int STOPS = 50;
  private static final Duration CLIENT_STOPPED = Duration.ofSeconds(3);
  private static final int SILENCES = 3;

  private static final String[] LOAD = {
    "until=told",
    "connections=" + CONNECTIONS,
    "window=100",
    "requests=100",
    "maxReply=16384",
    "maxRequest=8192"
  };

  /** At a pace that lets a story of seconds end soon. */
  private static final String[] STEADY_LOAD = {
    "until=told",
    "connections=" + CONNECTIONS,
    "window=50",
    "requests=100",
    "maxReply=4096",
    "pause=1"
  };

  @OneJdk
  void shouldOutliveDataLinksThatFlap(Jdk jdk, Rig rig) {
    flap(new LedgerStory(rig, jdk), rig, LinkBreaker.DATA);
  }

  @OneJdk
  void shouldOutliveAWayThatFlaps(Jdk jdk, Rig rig) {
    flap(new LedgerStory(rig, jdk), rig, LinkBreaker.ALL);
  }

  @OneJdk
  void shouldNotTakeASlowServerForADeadOne(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = story.server("A", group.member(0), ServerKind.BLOCKING);
    Jvm backup = story.server("B", group.member(1), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.SELECTOR, group, STEADY_LOAD);

    awaitMore(client, 100);
    try (Rhythm slow = Rhythm.slow(primary)) {
      await().atMost(Jvm.PATIENCE).until(() -> slow.beats() >= STOPS);
      awaitMore(client, 100);
    }
    finish(client);

    assertStayed(client, primary, backup);
  }

  @OneJdk
  void shouldNotBlameTheServerForTheClientsOwnStop(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = story.server("A", group.member(0), ServerKind.SELECTOR);
    Jvm backup = story.server("B", group.member(1), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, group, STEADY_LOAD);

    awaitMore(client, 100);
    client.stop();
    pass(CLIENT_STOPPED);
    client.cont();
    awaitMore(client, 300);
    finish(client);

    assertStayed(client, primary, backup);
  }

  @OneJdk
  void shouldOutliveLossOfOneDirectionOfAllLinks(Jdk jdk, Rig rig) {
    loseDirections(new LedgerStory(rig, jdk), rig, LinkBreaker.ALL);
  }

  @OneJdk
  void shouldOutliveLossOfOneDirectionOfDataLinks(Jdk jdk, Rig rig) {
    loseDirections(new LedgerStory(rig, jdk), rig, LinkBreaker.DATA);
  }

  @OneJdk
  void shouldOutliveSilenceAgainAndAgain(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm server = server(story, way);
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), LOAD);

    for (int silences = 0; silences < SILENCES; silences++) {
      awaitMore(client, 100);
      awaitPassingLinks(way);
      assertThat(way.door().silence(LinkBreaker.ALL)).isGreaterThan(CONNECTIONS);
      awaitMore(client, 500);
    }
    finish(client);

    assertNothingReplayed(client, server);
  }

  private static void flap(LedgerStory story, Rig rig, Predicate<Link> kind) {
    BrokenWay way = BrokenWay.of(rig);
    Jvm server = server(story, way);
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), LOAD);

    awaitMore(client, 100);
    awaitPassingLinks(way);
    try (Rhythm flapping = Rhythm.every(FLAP, () -> way.door().reset(kind))) {
      await().atMost(Jvm.PATIENCE).until(() -> flapping.beats() >= FLAPS);
    }
    awaitMore(client, 300);
    finish(client);

    assertNothingReplayed(client, server);
    assertThat(way.door().links()).hasSizeGreaterThan(FLAPS);
  }

  private static void loseDirections(LedgerStory story, Rig rig, Predicate<Link> kind) {
    BrokenWay way = BrokenWay.of(rig);
    Jvm server = server(story, way);
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), LOAD);

    for (Direction direction : Direction.values()) {
      awaitMore(client, 100);
      awaitPassingLinks(way);
      assertThat(way.door().silence(kind, direction)).isGreaterThanOrEqualTo(CONNECTIONS);
      awaitMore(client, 500);
    }
    finish(client);

    assertNothingReplayed(client, server);
  }

  private static Jvm server(LedgerStory story, BrokenWay way) {
    return story.server("A", way.server().port(), ServerKind.BLOCKING, way.serverSettings());
  }

  private static void awaitPassingLinks(BrokenWay way) {
    Predicate<Link> passing = LinkBreaker.DATA.and(link -> !link.isSilent());
    await()
        .atMost(Jvm.PATIENCE)
        .untilAsserted(() -> assertThat(way.door().alive(passing)).hasSize(CONNECTIONS));
  }

  private static void pass(Duration time) {
    await().pollDelay(time).atMost(Jvm.PATIENCE).until(() -> true);
  }

  private static void assertNothingReplayed(Jvm client, Jvm server) {
    assertSameStreams(client, server);
    assertThat(handlers(server)).isEqualTo(CONNECTIONS);
  }

  private static void assertStayed(Jvm client, Jvm primary, Jvm backup) {
    assertNothingReplayed(client, primary);
    assertThat(handlers(backup)).isZero();
    assertThat(client.agentLog()).noneMatch(line -> line.contains(" takeover: "));
  }
}
