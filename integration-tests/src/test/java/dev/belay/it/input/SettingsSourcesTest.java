package dev.belay.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Ports;
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

/**
 * Settings as users give them, in every place where they may stand, to the jar as it is shipped.
 */
@ExtendWith(RigExtension.class)
@Timeout(60)
class SettingsSourcesTest {
  private static final String VARIABLE = "BELAY_SERVICES";

  @TempDir Path directory;

  @OneJdk
  void shouldPreferAPropertyToAVariableAndThatToAFile(Jdk jdk, Rig rig) throws IOException {
    Path file = file("belay.services=1001");

    Launch fromFile = rig.jvm("file", jdk).agentFile(file);
    Launch fromVariable = rig.jvm("variable", jdk).agentFile(file).agentVariable(VARIABLE, "1002");
    Launch fromProperty =
        rig.jvm("property", jdk)
            .agentFile(file)
            .agentVariable(VARIABLE, "1002")
            .agent(Map.of("services", "1003"));

    assertThat(services(fromFile)).isEqualTo("1001");
    assertThat(services(fromVariable)).isEqualTo("1002");
    assertThat(services(fromProperty)).isEqualTo("1003");
  }

  @OneJdk
  void shouldReadTheFileThatASettingNames(Jdk jdk, Rig rig) throws IOException {
    String file = file("belay.services=1001").toString();

    Launch byProperty = rig.jvm("property", jdk).agent(Map.of("config", file));
    Launch byVariable = rig.jvm("variable", jdk).agentVariable("BELAY_CONFIG", file);

    assertThat(services(byProperty)).isEqualTo("1001");
    assertThat(services(byVariable)).isEqualTo("1001");
  }

  @OneJdk
  void shouldLeaveTheJvmAloneWhenNotEnabled(Jdk jdk, Rig rig) throws IOException {
    Path loaded = directory.resolve("loaded");
    Jvm hello =
        rig.jvm("application", jdk)
            .jvmOptions("-Xlog:class+load:file=" + loaded)
            .agent(Map.of("enabled", "false"))
            .main(Hello.class);

    assertThat(hello.awaitExit()).isEqualTo(Hello.STATUS);
    assertThat(hello.transcript().lines()).extracting(Transcript.Line::text).containsOnly("hello");
    assertThat(Files.readAllLines(loaded))
        .anyMatch(line -> line.contains(Hello.class.getName()))
        .noneMatch(line -> line.contains("sun.nio.ch.Belay"));
  }

  @OneJdk
  void shouldWriteTheLogToTheFileInstead(Jdk jdk, Rig rig) throws IOException {
    Path log = directory.resolve("belay.log");
    Jvm hello = rig.jvm("application", jdk).agent(Map.of("log.file", "" + log)).main(Hello.class);

    assertThat(hello.awaitExit()).isEqualTo(Hello.STATUS);
    assertThat(hello.transcript().lines()).extracting(Transcript.Line::text).containsOnly("hello");
    assertThat(Files.readAllLines(log)).anyMatch(line -> line.contains(" belay INFO version="));
  }

  @OneJdk
  void shouldSayWhichDoorItHasWhenAnyWillDo(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    Member any = new Member(Ports.free(), 0);
    Jvm server = story.server("server", any, ServerKind.BLOCKING);

    int door = Integer.parseInt(server.awaitLine("door open: 127.0.0.1:(\\d+)").group(1));
    SupportGroup group = new SupportGroup(List.of(new Member(any.port(), door)));
    Jvm client = story.client(ClientKind.BLOCKING, group, "requests=10");
    LedgerStory.awaitOk(client);

    LedgerStory.assertSameStreams(client, server);
    assertThat(client.awaitLog(1, "")).noneMatch(line -> line.contains(" WARN "));
  }

  private Path file(String line) throws IOException {
    return Files.writeString(directory.resolve("belay.properties"), line + "\n");
  }

  /** As the agent's first line tells. */
  private static String services(Launch launch) {
    Jvm hello = launch.main(Hello.class);
    String services = hello.awaitLine("belay INFO version=.* services=(\\S+)").group(1);
    assertThat(hello.awaitExit()).isEqualTo(Hello.STATUS);
    return services;
  }
}
