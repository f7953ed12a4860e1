package dev.belay.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.LedgerClient;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.AgentMetrics;
import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import dev.belay.it.rig.Transcript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the agent must not cost: classes that are not needed, and a thread for each session. */
@ExtendWith(RigExtension.class)
@Timeout(60)
class SmallFootprintTest {
  private static final int MANY = 200;

  @TempDir Path directory;

  /** The cluster's mode is the default, as a client's user would leave it. */
  @EachJdk
  void shouldNotLoadTheClusterIntoAPureClient(Jdk jdk, Rig rig) throws IOException {
    SupportGroup group = SupportGroup.of(1);
    Path loaded = directory.resolve("loaded");
    new LedgerStory(rig, jdk).server("server", group.member(0), ServerKind.BLOCKING);
    Jvm client =
        rig.jvm("client", jdk)
            .jvmOptions("-Xlog:class+load:file=" + loaded)
            .agent(Map.of("connect", group.connect(), "services", "none"))
            .main(LedgerClient.class, "connect=" + group.member(0).address(), "requests=10");
    LedgerStory.awaitOk(client);

    assertThat(Files.readAllLines(loaded))
        .anyMatch(line -> line.contains("dev.belay.agent.takeover"))
        .noneMatch(line -> line.contains("hazelcast"));
  }

  @EachJdk
  void shouldStartWithoutAWarningAndWithoutALambda(Jdk jdk, Rig rig) throws IOException {
    Path loaded = directory.resolve("loaded");
    Jvm hello =
        rig.jvm("application", jdk)
            .jvmOptions("-Xlog:class+load:file=" + loaded)
            .agent(Map.of("services", "none", "connect", "127.0.0.1:7001@7401"))
            .main(Hello.class);

    assertThat(hello.awaitExit()).isEqualTo(Hello.STATUS);
    assertThat(hello.transcript().lines(Transcript.Source.ERR))
        .singleElement()
        .asString()
        .contains(" belay INFO version=");
    assertThat(beforeMain(Files.readAllLines(loaded)))
        .anyMatch(line -> line.contains("sun.nio.ch.BelaySeam"))
        .noneMatch(line -> line.matches(".*dev\\.belay\\..*\\$\\$Lambda.*"));
  }

  @OneJdk
  void shouldHaveAsManyThreadsForManySessionsAsForOne(Jdk jdk, Rig rig) throws IOException {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(1);
    Jvm server = story.server("server", group.member(0), ServerKind.SELECTOR);
    AgentMetrics atServer = rig.closing(AgentMetrics.of(server));

    Jvm one = client(story, group, 1);
    List<String> ofServerWithOne = threads(server, atServer, 1);
    List<String> ofOne = threadsOf(one, rig);
    Jvm many = client(story, group, MANY);
    List<String> ofServerWithMany = threads(server, atServer, MANY + 1);
    List<String> ofMany = threadsOf(many, rig);

    assertThat(ofServerWithMany).contains("belay-loop").isEqualTo(ofServerWithOne);
    assertThat(ofMany).contains("belay-loop").isEqualTo(ofOne);
  }

  private static Jvm client(LedgerStory story, SupportGroup group, int connections) {
    return story.client(
        ClientKind.SELECTOR,
        group,
        "until=told",
        "connections=" + connections,
        "window=1",
        "requests=2",
        "maxReply=64",
        "pause=1");
  }

  private static List<String> threads(Jvm server, AgentMetrics metrics, int sessions) {
    server.transcript().awaitLines("^OPENED ", sessions, Jvm.PATIENCE);
    return lasting(metrics);
  }

  private static List<String> threadsOf(Jvm client, Rig rig) {
    return lasting(rig.closing(AgentMetrics.of(client)));
  }

  /** Without the one that only makes the agent ready, and comes some time after the start. */
  private static List<String> lasting(AgentMetrics metrics) {
    return metrics.threads().stream().filter(name -> !name.equals("belay-ready")).toList();
  }

  private static List<String> beforeMain(List<String> loaded) {
    return loaded.stream().takeWhile(line -> !line.contains(Hello.class.getName())).toList();
  }
}
