package dev.belay.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.it.rig.Jdk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What strangers send to the door is refused and counted, and harms nobody: a client works there
 * all the while.
 */
@ParameterizedClass(name = "JDK {0}")
@MethodSource("jdks")
@Timeout(60)
class BadInputTest {
  private static final long SEED = 20;
  private static final int GARBAGE_BYTES = 4096;
  private static final int MUTANTS = 200;
  private static final int CROWD = 500;
  private static final Duration DOOR_DEADLINE = Duration.ofSeconds(5);
  private static final Duration DOOR_PATIENCE = DOOR_DEADLINE.plusSeconds(5);
  private static final Duration DRIBBLE = Duration.ofMillis(100);

  private static BesiegedServer server;

  @Parameter Jdk jdk;

  static Stream<Jdk> jdks() {
    return Jdk.all().stream();
  }

  @BeforeParameterizedClassInvocation
  static void start(Jdk jdk) {
    server = new BesiegedServer(jdk);
  }

  @AfterParameterizedClassInvocation
  static void stop() throws IOException {
    try {
      server.assertWorkEndsRight();
    } finally {
      server.close();
    }
  }

  @AfterEach
  void nothingElseIsHarmed() {
    server.assertWorkGoesOn();
    assertThat(server.complaints()).as(server.transcripts()).isEmpty();
  }

  @Test
  void shouldRefuseHttp() {
    assertTurnedAway(
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII), "magic");
  }

  @Test
  void shouldRefuseGarbage() {
    byte[] garbage = new byte[GARBAGE_BYTES];
    new Random(SEED).nextBytes(garbage);

    assertTurnedAway(garbage, "magic");
  }

  @Test
  void shouldRefuseAPrefaceOfAnotherVersion() {
    assertTurnedAway(server.freshOpen().withVersion(2).bytes(), "version");
  }

  @Test
  void shouldRefuseAPrefaceOfAnUnknownKind() {
    assertTurnedAway(server.freshOpen().withKind(9).bytes(), "kind");
  }

  @Test
  void shouldRefuseAPrefaceThatSaysItIsTooLong() {
    assertTurnedAway(Preface.empty(Preface.OPEN, Preface.LARGEST + 1).bytes(), "length");
    assertTurnedAway(Preface.empty(Preface.CONTROL, 0xFFFF).bytes(), "length");
  }

  @Test
  void shouldRefuseAPrefaceThatSaysItIsTooShort() {
    assertTurnedAway(Preface.empty(Preface.RESUME, 0).bytes(), "length");
    assertTurnedAway(Preface.empty(Preface.OPEN, Preface.HEADER_BYTES).bytes(), "length");
  }

  @Test
  void shouldRefuseATruncatedPreface() {
    byte[] beginning = server.freshOpen().first(20);
    long refusals = server.refusalCount();
    Stranger stranger = server.stranger().say(beginning).endOutput();

    assertThat(stranger.answer()).isEmpty();

    server.assertRefusalIsLogged(stranger, "end of stream after 20 preface bytes");
    assertThat(server.refusalCount()).isEqualTo(refusals + 1);
  }

  @Test
  void shouldRefuseAReplayedOpen() {
    Preface replayed = server.freshOpen();
    int accepted = server.acceptedByApplication();

    assertRefused(replayed, Refused.REPLAYED_LINK_NUMBER, "replayed link number");
    assertThat(server.acceptedByApplication()).isEqualTo(accepted);
  }

  @Test
  void shouldRefuseAReplayedResume() {
    Preface replayed = server.freshResume();

    assertRefused(replayed, Refused.REPLAYED_LINK_NUMBER, "replayed link number");
  }

  @Test
  void shouldRefuseAForgedResume() {
    Preface seen = server.freshResume();

    Preface fresh = seen.withLinkNumber(seen.linkNumber() + 1_000);
    Preface ofAnotherSession = fresh.withOtherSession();

    assertRefused(fresh, Refused.BAD_MAC, "bad mac");
    assertRefused(ofAnotherSession, Refused.BAD_MAC, "bad mac");
    server.breakDataLinks();
  }

  @Test
  void shouldNotGiveASessionToSomebodyWhoOnlyListened() throws GeneralSecurityException {
    Preface overheard = server.freshResume();
    Eavesdropper eavesdropper = new Eavesdropper(server.stranger());
    eavesdropper.awaitAdmission();

    Preface resume = eavesdropper.sealed(overheard, 1);
    Preface takeover = eavesdropper.sealed(overheard.asTakeover(1), 2);

    assertRefused(resume, Refused.BAD_PREFACE, "bad preface");
    assertRefused(takeover, Refused.BAD_PREFACE, "bad preface");
  }

  @Test
  void shouldNotTakeAnotherForTheClientByItsInstanceId() throws GeneralSecurityException {
    Preface overheard = server.freshResume();
    byte[] instance = Eavesdropper.instanceIn(server.hello());
    Stranger stranger = server.stranger();
    Eavesdropper eavesdropper = new Eavesdropper(stranger, instance);

    assertThat(stranger.answer()).isEmpty();
    server.assertRefusalIsLogged(stranger, "identity not proven");
    assertRefused(eavesdropper.sealed(overheard, 1), Refused.UNKNOWN_PAIR, "unknown pair");
  }

  @Test
  void shouldRefuseAPrefaceOfAnUnknownPair() {
    Preface ofNobody = server.freshOpen().withPair(SEED);

    assertRefused(ofNobody, Refused.UNKNOWN_PAIR, "unknown pair");
  }

  @Test
  void shouldSurviveAnyMutantOfRealPrefaces() {
    Random random = new Random(SEED);
    List<Preface> seen = List.of(server.freshOpen(), server.hello());
    int accepted = server.acceptedByApplication();
    long refusals = server.refusalCount();

    List<Stranger> mutants =
        IntStream.range(0, MUTANTS)
            .mapToObj(i -> mutant(seen.get(i % seen.size()), random))
            .map(bytes -> server.stranger().say(bytes).endOutput())
            .toList();

    mutants.forEach(Stranger::answer);
    assertThat(server.acceptedByApplication()).isEqualTo(accepted);
    assertThat(server.refusalCount()).isGreaterThan(refusals);
  }

  @Test
  void shouldTurnSlowAndSilentStrangersAwayInTimeWhileOthersAreServed() {
    long refusals = server.refusalCount();
    Stranger slow = server.stranger();
    List<Stranger> silent = Stream.generate(server::stranger).limit(CROWD).toList();

    server.openConversation();
    server.assertWorkGoesOn();
    assertThat(silent).noneMatch(Stranger::isTurnedAway);
    dribble(server.freshOpen(), slow);

    server.assertRefusalIsLogged(slow, "preface not complete in time");
    await().atMost(DOOR_PATIENCE).until(() -> silent.stream().allMatch(Stranger::isTurnedAway));
    assertThat(server.refusalCount()).isEqualTo(refusals + 1 + CROWD);
  }

  /** One byte at a time, until the door has enough of it. */
  private static void dribble(Preface preface, Stranger slow) {
    int[] sent = {0};
    await()
        .pollInterval(DRIBBLE)
        .atMost(DOOR_PATIENCE)
        .until(() -> slow.say(new byte[] {preface.bytes()[sent[0]++]}).isTurnedAway());
  }

  private static void assertTurnedAway(byte[] bytes, String reason) {
    long refusals = server.refusalCount();
    Stranger stranger = server.stranger().say(bytes);

    assertThat(stranger.answer()).isEmpty();

    server.assertRefusalIsLogged(stranger, reason);
    assertThat(server.refusalCount()).isEqualTo(refusals + 1);
  }

  private static void assertRefused(Preface preface, Refused refusal, String reason) {
    long refusals = server.refusalCount();
    Stranger stranger = server.stranger().say(preface.bytes());

    assertThat(Refused.in(stranger.answer())).isEqualTo(refusal);

    server.assertRefusalIsLogged(stranger, reason);
    assertThat(server.refusalCount()).isEqualTo(refusals + 1);
  }

  /** A few bytes changed, sometimes cut. */
  private static byte[] mutant(Preface preface, Random random) {
    byte[] bytes = preface.bytes().clone();
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    }
    return new Preface(bytes).first(bytes.length - random.nextInt(2) * random.nextInt(20));
  }
}
