package dev.belay.it.input;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.DeafClient;
import dev.belay.it.programs.LedgerServer;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.AgentMetrics;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Crowds at the door, and clients that do not read: the server's memory, descriptors and log stay
 * within bounds, and a client under load works on, every byte right.
 */
@ExtendWith(RigExtension.class)
@Timeout(120)
class SiegeTest {
  private static final int CROWD = 10_000;
  private static final int QUARTER = CROWD / 4;

  /** The door holds fewer: those that are let go here it has dropped long ago. */
  private static final int MOST_HELD = 1_500;

  /** As the door's limits say: strangers, and lines in a flood, with some of the seconds after. */
  private static final int MOST_STRANGERS = 1_024;

  private static final int MOST_LINES = 1_000 + 2_000;
  private static final int FEW_DESCRIPTORS = 400;
  private static final int MORE_THAN_DESCRIPTORS = 1_000;
  private static final int NEW_CLIENTS = 20;
  private static final int DEAF_CONNECTIONS = 40;
  private static final long HEAP_MIB = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] NOTHING = {};
  private static final byte[] HTTP = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HALF = Preface.empty(Preface.OPEN, 200).first(100);
  private static final byte[] UNKNOWN_PAIR = Preface.empty(Preface.RESUME, 124).bytes();
  private static final String[] LOAD = {
    "until=told", "connections=4", "window=20", "requests=100", "maxReply=4096", "limit=110"
  };

  @OneJdk
  void shouldStandTenThousandStrangersWhileAClientWorks(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(1);
    Jvm server = server(rig, jdk, group, "-Xmx64m");
    AgentMetrics metrics = metrics(rig, server);
    Jvm client = new LedgerStory(rig, jdk).client(ClientKind.BLOCKING, group, patient(group), LOAD);
    awaitMore(client, 100);
    int descriptors = descriptors(server);
    Crowd crowd = new Crowd(rig, group.member(0).door());

    crowd.send(QUARTER, NOTHING);
    awaitMore(client, 100);
    crowd.send(QUARTER, HTTP);
    awaitMore(client, 100);
    crowd.send(QUARTER, HALF);
    awaitMore(client, 100);
    assertThat(descriptors(server)).isLessThan(descriptors + MOST_STRANGERS + QUARTER / 10);
    crowd.send(QUARTER, UNKNOWN_PAIR);
    awaitMore(client, 100);

    await().atMost(PATIENCE).until(() -> metrics.refusalCount() == CROWD);
    await().atMost(PATIENCE).until(() -> descriptors(server) <= descriptors + NEW_CLIENTS);
    finish(client);
    assertSameStreams(client, server);
    assertThat(LedgerStory.handlers(server)).isEqualTo(4);
    assertThat(server.transcript().matches("refused at the door")).hasSizeLessThan(MOST_LINES);
    assertThat(client.agentLog()).noneMatch(line -> line.contains(" WARN "));
  }

  @OneJdk
  void shouldLeaveDescriptorsToTheApplication(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(1);
    Jvm server =
        rig.jvm("server", jdk)
            .agent(patient(group.member(0)))
            .descriptors(FEW_DESCRIPTORS)
            .main(LedgerServer.class, "kind=blocking", "port=" + group.member(0).port());
    server.awaitLine("^READY ");

    new Crowd(rig, group.member(0).door()).send(MORE_THAN_DESCRIPTORS, NOTHING);
    Jvm client =
        new LedgerStory(rig, jdk)
            .client(
                ClientKind.BLOCKING,
                group,
                patient(group),
                "connections=" + NEW_CLIENTS,
                "requests=20",
                "maxReply=1024");

    LedgerStory.awaitOk(client);
    assertSameStreams(client, server);
    assertThat(client.agentLog()).noneMatch(line -> line.contains("not protected"));
    assertThat(server.agentLog()).noneMatch(line -> line.contains("accept failed"));
  }

  @OneJdk
  void shouldKeepItsMemoryWithClientsThatNeverRead(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(1);
    Jvm server = server(rig, jdk, group, "-Xmx" + HEAP_MIB + "m");
    AgentMetrics metrics = metrics(rig, server);
    Jvm client = new LedgerStory(rig, jdk).client(ClientKind.BLOCKING, group, patient(group), LOAD);
    awaitMore(client, 100);

    Jvm deaf =
        rig.jvm("deaf", jdk)
            .agent(patient(group))
            .main(
                DeafClient.class,
                "connect=" + group.member(0).address(),
                "connections=" + DEAF_CONNECTIONS);
    deaf.awaitLine("^DEAF " + DEAF_CONNECTIONS);
    await().atMost(PATIENCE).until(() -> metrics.number("BytesOut") > HEAP_MIB << 20);
    awaitMore(client, 300);
    assertThat(metrics.number("LogBytes")).isBetween(1L, (HEAP_MIB << 20) / 4);
    deaf.kill9();
    awaitMore(client, 100);
    finish(client);

    assertSameStreams(client, server);
    assertThat(rig.transcripts()).doesNotContain("OutOfMemoryError");
    assertThat(server.agentLog()).noneMatch(line -> line.contains(" ERROR "));
  }

  private static Jvm server(Rig rig, Jdk jdk, SupportGroup group, String heap) {
    Member member = group.member(0);
    Jvm server =
        rig.jvm("server", jdk)
            .agent(patient(member))
            .jvmOptions(heap)
            .main(
                LedgerServer.class,
                "kind=" + ServerKind.BLOCKING.argument(),
                "port=" + member.port());
    server.awaitLine("^READY ");
    return server;
  }

  private static AgentMetrics metrics(Rig rig, Jvm server) {
    AgentMetrics metrics = rig.closing(AgentMetrics.of(server));
    await().atMost(PATIENCE).until(metrics::isRegistered);
    return metrics;
  }

  /** A slow machine is no dead peer. */
  private static Map<String, String> patient(Member member) {
    Map<String, String> settings = member.settings();
    settings.put("suspect", "10s");
    return settings;
  }

  private static Map<String, String> patient(SupportGroup group) {
    Map<String, String> settings = group.clientSettings();
    settings.put("suspect", "10s");
    return settings;
  }

  /** How many the process has open. */
  private static int descriptors(Jvm jvm) {
    String[] open = new File("/proc/" + jvm.pid() + "/fd").list();
    return open == null ? 0 : open.length;
  }

  /** Strangers, as many at a time as this process can have. */
  private static final class Crowd {
    private final Rig rig;
    private final int door;
    private final Queue<Stranger> held = new ArrayDeque<>();

    Crowd(Rig rig, int door) {
      this.rig = rig;
      this.door = door;
    }

    /** So many more, each saying the same. */
    void send(int count, byte[] bytes) {
      for (int i = 0; i < count; i++) {
        Stranger stranger = rig.closing(Stranger.at(door)).say(bytes);
        held.add(stranger);
        if (held.size() > MOST_HELD) {
          held.remove().close();
        }
      }
    }
  }
}
