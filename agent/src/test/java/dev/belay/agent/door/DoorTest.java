package dev.belay.agent.door;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.agent.config.HostPort;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.LogLevel;
import dev.belay.agent.report.Metrics;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.ClientHandshake;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.HandshakeException;
import dev.belay.agent.wire.LinkNumberWindow;
import dev.belay.agent.wire.OpenPreface;
import dev.belay.agent.wire.PairKeys;
import dev.belay.agent.wire.PrefaceKind;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.ResumePreface;
import dev.belay.replicator.log.SessionId;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link Door}: who gets in, who does not, and what the others are told. */
@Timeout(60)
final class DoorTest {
  private static final RunningLoop LOOP = new RunningLoop("door-test-loop");
  private static final Bytes CLIENT = Bytes.random(32, new Random(2));
  private static final Bytes KEY = Bytes.random(32, new Random(3));
  private static final SessionId SESSION = Handshake.sessionOf(KEY);
  private static final int MOST_STRANGERS = 1024;
  private static final int MOST_UNPROVEN = 256;
  private static final int PUBLIC_KEY_FROM = 24;
  private static final int PUBLIC_KEY_TO = 56;

  private final SessionsHeard heard = new SessionsHeard();
  private final Metrics metrics = new Metrics();
  private final List<AutoCloseable> open = new ArrayList<>();
  private InetSocketAddress door;

  @BeforeAll
  static void keepQuiet() {
    AgentLog.open(LogLevel.OFF, (File) null);
  }

  @AfterAll
  static void speakAgain() {
    AgentLog.open(LogLevel.INFO, (File) null);
  }

  @BeforeEach
  void openDoor() throws Exception {
    door = doorWith("");
  }

  @AfterEach
  void hangUp() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private InetSocketAddress doorWith(String secret) throws Exception {
    return doorWith(secret, Clients.LIMIT);
  }

  private InetSocketAddress doorWith(String secret, int mostClients) throws Exception {
    Clients clients = new Clients(mostClients);
    return new Door(
            LOOP.loop(), clients, heard, metrics, secret.getBytes(UTF_8), new DoorIdentity())
        .open(new HostPort("127.0.0.1", 0));
  }

  private DoorVisitor visitor() throws IOException {
    DoorVisitor visitor = new DoorVisitor(door);
    open.add(visitor);
    return visitor;
  }

  private DoorVisitor.Client client(String secret) throws Exception {
    DoorVisitor.Client client = new DoorVisitor.Client(door, CLIENT, secret);
    open.add(client);
    return client;
  }

  /** A client whose control link is admitted. */
  private DoorVisitor.Client admitted() throws Exception {
    int before = heard.connected.size();
    DoorVisitor.Client client = client("").greeted().identified();
    Soon.until("connected", () -> heard.connected.size() > before);
    return client;
  }

  private static OpenPreface open(PairKeys keys, long linkNumber, SessionId session) {
    Bytes sealed = keys.seal(KEY, session, linkNumber, PrefaceKind.OPEN);
    return new OpenPreface(keys.pairId(), linkNumber, session, 0, sealed, "7001");
  }

  private static byte[] openPreface(PairKeys keys, long linkNumber) {
    return open(keys, linkNumber, SESSION).encode(keys);
  }

  private long refusals(Refusal reason) {
    return metrics.refusalsByReason().getOrDefault(reason.text(), 0L);
  }

  private void checkRefused(DoorVisitor visitor, PairKeys keys, long linkNumber, Refusal reason)
      throws Exception {
    DoorReply reply = visitor.reply(keys, linkNumber);

    assertThat(reply.code()).isEqualTo(DoorReply.Code.REFUSED);
    assertThat(Refusal.of(reply.reason())).isEqualTo(reason);
    assertThat(visitor.end()).isEqualTo(-1);
    assertThat(refusals(reason)).isPositive();
  }

  // ---- data links ----

  @Test
  void shouldPassOnAnOpenAndTheLinkWithAllThatFollows() throws Exception {
    PairKeys keys = admitted().keys();
    DoorVisitor visitor = visitor();

    visitor.send(openPreface(keys, 1)).send(new byte[] {42});

    Soon.until("open", () -> !heard.prefaces.isEmpty());
    assertThat(heard.prefaces).containsExactly(open(keys, 1, SESSION));
    ByteBuffer first = ByteBuffer.allocate(2);
    Soon.until("byte", () -> LOOP.call(() -> heard.links.get(0).read(first)) > 0);
    assertThat(first.get(0)).isEqualTo((byte) 42);
  }

  @Test
  void shouldPassOnAResume() throws Exception {
    PairKeys keys = admitted().keys();
    ResumePreface preface =
        new ResumePreface(
            keys.pairId(),
            4,
            SESSION,
            3,
            keys.seal(KEY, SESSION, 4, PrefaceKind.RESUME),
            "7001",
            true,
            false,
            false,
            true,
            10,
            11,
            0,
            20,
            "192.0.2.1:5");

    visitor().send(preface.encode(keys));

    Soon.until("resume", () -> !heard.prefaces.isEmpty());
    assertThat(heard.prefaces).containsExactly(preface);
  }

  @Test
  void shouldRefuseASessionIdThatIsNotThatOfItsKey() throws Exception {
    PairKeys keys = admitted().keys();
    SessionId another = new SessionId(SESSION.high(), SESSION.low() + 1);

    DoorVisitor visitor = visitor().send(open(keys, 3, another).encode(keys));

    checkRefused(visitor, keys, 3, Refusal.BAD_PREFACE);
    assertThat(heard.prefaces).isEmpty();
  }

  @Test
  void shouldRefuseALinkNumberThatHasBeenUsed() throws Exception {
    PairKeys keys = admitted().keys();
    byte[] recorded = openPreface(keys, 7);
    visitor().send(recorded);
    Soon.until("first", () -> heard.prefaces.size() == 1);

    DoorVisitor replayer = visitor().send(recorded);

    checkRefused(replayer, keys, 7, Refusal.REPLAYED_LINK_NUMBER);
    assertThat(heard.prefaces).hasSize(1);
  }

  @Test
  void shouldRefuseALinkNumberThatIsTooOldToTell() throws Exception {
    PairKeys keys = admitted().keys();
    visitor().send(openPreface(keys, LinkNumberWindow.WINDOW + 5));
    Soon.until("first", () -> heard.prefaces.size() == 1);

    DoorVisitor late = visitor().send(openPreface(keys, 5));

    checkRefused(late, keys, 5, Refusal.REPLAYED_LINK_NUMBER);
    visitor().send(openPreface(keys, 6));
    Soon.until("in the window", () -> heard.prefaces.size() == 2);
  }

  @Test
  void shouldRefuseAMacThatIsNotOfThePair() throws Exception {
    PairKeys keys = admitted().keys();
    PairKeys forged = new PairKeys(new byte[32], keys.serverNonce(), keys.pairId());

    DoorVisitor forger = visitor().send(openPreface(forged, 1));

    checkRefused(forger, keys, 1, Refusal.BAD_MAC);
    assertThat(heard.prefaces).isEmpty();
  }

  @Test
  void shouldNotBurnTheLinkNumberOfAForgedPreface() throws Exception {
    PairKeys keys = admitted().keys();
    PairKeys forged = new PairKeys(new byte[32], keys.serverNonce(), keys.pairId());
    visitor().send(openPreface(forged, 1)).reply();

    visitor().send(openPreface(keys, 1));

    Soon.until("open", () -> heard.prefaces.size() == 1);
  }

  @Test
  void shouldPassOnNoPrefaceOfWhichABitIsWrong() throws Exception {
    PairKeys keys = admitted().keys();
    byte[] good = openPreface(keys, 1);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) (1 << (i % 8));
      try (DoorVisitor visitor = new DoorVisitor(door)) {
        visitor.send(bad);
        visitor.socket().shutdownOutput();

        assertThatThrownBy(() -> readToEnd(visitor)).as("byte %d", i).isNotNull();
      }
    }
    assertThat(heard.prefaces).isEmpty();
  }

  /** Ends by an exception in any case, so that both ways of being refused look alike. */
  private static void readToEnd(DoorVisitor visitor) throws IOException {
    while (visitor.end() >= 0) {
      assertThat(visitor.socket().isClosed()).isFalse();
    }
    throw new IOException("end of stream");
  }

  @Test
  void shouldRefuseAPairThatItDoesNotKnow() throws Exception {
    PairKeys unknown = new PairKeys(new byte[32], new byte[16], 99);

    checkRefused(visitor().send(openPreface(unknown, 1)), unknown, 1, Refusal.UNKNOWN_PAIR);
    assertThat(heard.prefaces).isEmpty();
  }

  @Test
  void shouldForgetAPairWithItsControlLink() throws Exception {
    DoorVisitor.Client client = admitted();

    client.close();
    Soon.until("disconnected", () -> heard.disconnected.size() == 1);

    DoorVisitor late = visitor().send(openPreface(client.keys(), 1));
    checkRefused(late, client.keys(), 1, Refusal.UNKNOWN_PAIR);
    assertThat(heard.disconnected.get(0).endedInOrder()).isTrue();
    assertThat(heard.disconnected.get(0).link()).isNull();
  }

  // ---- control links ----

  @Test
  void shouldPassOnFramesOfAClient() throws Exception {
    DoorVisitor.Client client = admitted();
    Frame frame = new Frame.Received(SESSION, 2, 77);

    client.control().send(frame);

    Soon.until("frame", () -> !heard.frames.isEmpty());
    assertThat(heard.frames).containsExactly(frame);
    assertThat(heard.connected).hasSize(1);
  }

  @Test
  void shouldKnowAClientAgainThatComesWithANewControlLink() throws Exception {
    DoorVisitor.Client first = admitted();

    DoorVisitor.Client second = client("").greeted().identified();

    assertThat(first.control().end()).isEqualTo(-1);
    Soon.until("second", () -> heard.connected.size() == 2);
    assertThat(heard.connected.get(1)).isSameAs(heard.connected.get(0));
    assertThat(heard.disconnected).isEmpty();
    checkRefused(
        visitor().send(openPreface(first.keys(), 1)), first.keys(), 1, Refusal.UNKNOWN_PAIR);
    visitor().send(openPreface(second.keys(), 1));
    Soon.until("open", () -> heard.prefaces.size() == 1);
  }

  @Test
  void shouldTellAClientThatDiedFromOneWhoseLinkBroke() throws Exception {
    DoorVisitor.Client client = admitted();

    client.control().socket().setSoLinger(true, 0);
    client.close();

    Soon.until("disconnected", () -> heard.disconnected.size() == 1);
    assertThat(heard.disconnected.get(0).endedInOrder()).isFalse();
  }

  @Test
  void shouldDropAClientThatSendsGarbledFrames() throws Exception {
    DoorVisitor.Client client = admitted();

    client.control().send(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0});

    assertThat(client.control().end()).isEqualTo(-1);
    Soon.until("disconnected", () -> heard.disconnected.size() == 1);
    assertThat(heard.disconnected.get(0).endedInOrder()).isFalse();
  }

  @Test
  void shouldNotKnowTheSecretOfAnother() throws Exception {
    door = doorWith("one secret");

    DoorVisitor.Client client = client("another secret");

    assertThatThrownBy(client::greeted)
        .isInstanceOf(HandshakeException.class)
        .hasMessage("the server's proof of the secret is wrong");
    assertThat(heard.connected).isEmpty();
  }

  @Test
  void shouldDropAClientThatDoesNotProveTheSecret() throws Exception {
    door = doorWith("one secret");
    DoorVisitor.Client client = client("one secret").greeted();

    client.control().send(new Frame.Proof(Bytes.random(32, new Random(3))));

    assertThat(client.control().end()).isEqualTo(-1);
    assertThat(refusals(Refusal.BAD_SECRET)).isEqualTo(1);
    assertThat(heard.connected).isEmpty();
  }

  @Test
  void shouldObeyNothingBeforeTheProof() throws Exception {
    door = doorWith("one secret");
    DoorVisitor.Client client = client("one secret").greeted();

    client.control().send(new Frame.Received(SESSION, 2, 77));

    assertThat(client.control().end()).isEqualTo(-1);
    assertThat(heard.frames).isEmpty();
    assertThat(heard.connected).isEmpty();
  }

  @Test
  void shouldKnowNoPairBeforeTheProof() throws Exception {
    door = doorWith("one secret");
    PairKeys keys = client("one secret").greeted().keys();

    checkRefused(visitor().send(openPreface(keys, 1)), keys, 1, Refusal.UNKNOWN_PAIR);
    assertThat(heard.prefaces).isEmpty();
  }

  @Test
  void shouldLetInAClientThatProvesTheSecret() throws Exception {
    door = doorWith("one secret");
    DoorVisitor.Client client = client("one secret").greeted();

    client.proven().identified();

    Soon.until("connected", () -> heard.connected.size() == 1);
    visitor().send(openPreface(client.keys(), 1));
    Soon.until("open", () -> heard.prefaces.size() == 1);
  }

  @Test
  void shouldObeyNothingBetweenTheProofAndTheIdentity() throws Exception {
    door = doorWith("one secret");
    DoorVisitor.Client client = client("one secret").greeted().proven();

    client.control().send(new Frame.Received(SESSION, 2, 77));

    assertThat(client.control().end()).isEqualTo(-1);
    assertThat(heard.frames).isEmpty();
    assertThat(heard.connected).isEmpty();
    assertThat(metrics.refusalsByReason()).containsEntry("bad identity", 1L);
  }

  @Test
  void shouldDropAClientThatIsNotTheOneItNamed() throws Exception {
    DoorVisitor.Client client = client("").greeted();

    client.control().send(new Frame.Identity(Bytes.random(32, new Random(4))));

    assertThat(client.control().end()).isEqualTo(-1);
    assertThat(heard.connected).isEmpty();
    checkRefused(
        visitor().send(openPreface(client.keys(), 1)), client.keys(), 1, Refusal.UNKNOWN_PAIR);
  }

  @Test
  void shouldRefuseAClientThatHasNoSecretWhereOneIsAsked() throws Exception {
    door = doorWith("one secret");

    assertThatThrownBy(client("")::greeted)
        .isInstanceOf(HandshakeException.class)
        .hasMessageContaining("secret required");
    assertThat(refusals(Refusal.SECRET_REQUIRED)).isEqualTo(1);
  }

  @Test
  void shouldRefuseAClientThatHasASecretWhereNoneIsAsked() throws Exception {
    assertThatThrownBy(client("one secret")::greeted).isInstanceOf(HandshakeException.class);
    assertThat(heard.connected).isEmpty();
  }

  @Test
  void shouldLetAClientComeBackWhereThereIsNoRoomForANewOne() throws Exception {
    door = doorWith("", 1);
    admitted();

    assertThatThrownBy(new DoorVisitor.Client(door, KEY, "")::greeted)
        .isInstanceOf(HandshakeException.class)
        .hasMessageContaining("busy");

    admitted();
    assertThat(heard.connected.get(1)).isSameAs(heard.connected.get(0));
  }

  // ---- strangers ----

  @Test
  void shouldDropAStrangerThatTalksSomethingElse() throws Exception {
    DoorVisitor stranger = visitor().send("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));

    assertThatThrownBy(stranger::end).hasMessage("Connection reset");
    assertThat(metrics.refusalsByReason()).containsEntry("bad preface", 1L);
  }

  @Test
  void shouldNotLetOthersWaitForAStrangerThatSaysNothing() throws Exception {
    DoorVisitor silent = visitor();

    admitted();

    assertThat(silent.socket().isClosed()).isFalse();
  }

  @Test
  void shouldRefuseOneControlLinkMoreThanMayWaitToBeAdmitted() throws Exception {
    byte[] hello = new ClientHandshake(CLIENT, "test", new byte[0], new SecureRandom()).hello();
    for (int i = 0; i <= MOST_UNPROVEN; i++) {
      visitor().send(hello);
    }

    Soon.until("refused", () -> refusals(Refusal.BUSY) > 0);
    assertThat(refusals(Refusal.BUSY)).isEqualTo(1);
    assertThat(heard.connected).isEmpty();
  }

  /** Each makes the door generate a key, though none of them can ever be admitted. */
  @Test
  void shouldCountHandshakesWithAPublicKeyOfNoUse() throws Exception {
    byte[] hello = new ClientHandshake(CLIENT, "test", new byte[0], new SecureRandom()).hello();
    Arrays.fill(hello, PUBLIC_KEY_FROM, PUBLIC_KEY_TO, (byte) 0);
    for (int i = 0; i <= MOST_UNPROVEN; i++) {
      visitor().send(hello);
    }

    Soon.until("refused", () -> refusals(Refusal.BUSY) > 0);
    assertThat(refusals(Refusal.BUSY)).isEqualTo(1);
  }

  @Test
  void shouldNotCountHellosThatCostNoKey() throws Exception {
    door = doorWith("one secret");
    byte[] hello = new ClientHandshake(CLIENT, "test", new byte[0], new SecureRandom()).hello();
    for (int i = 0; i <= MOST_UNPROVEN; i++) {
      visitor().send(hello);
    }

    Soon.until("refused", () -> refusals(Refusal.SECRET_REQUIRED) > MOST_UNPROVEN);
    assertThat(refusals(Refusal.BUSY)).isZero();
  }

  @Test
  void shouldNotDropASlowStrangerForThoseWhoAreDone() throws Exception {
    DoorVisitor slow = visitor();
    for (int i = 0; i < MOST_STRANGERS; i++) {
      visitor().send("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
    }
    Soon.until("done", () -> refusals(Refusal.BAD_PREFACE) == MOST_STRANGERS);

    visitor();
    PairKeys unknown = new PairKeys(new byte[32], new byte[16], 99);
    slow.send(openPreface(unknown, 1));

    checkRefused(slow, unknown, 1, Refusal.UNKNOWN_PAIR);
  }

  @Test
  void shouldDropTheOldestOfTooManyStrangers() throws Exception {
    DoorVisitor oldest = visitor();
    for (int i = 0; i < MOST_STRANGERS; i++) {
      visitor();
    }

    assertThatThrownBy(oldest::end).hasMessage("Connection reset");
    assertThat(metrics.refusalsByReason()).containsEntry("bad preface", 1L);
  }
}
