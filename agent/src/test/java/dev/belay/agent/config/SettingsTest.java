package dev.belay.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.report.LogLevel;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {

  @TempDir Path directory;

  @Test
  void shouldHaveTheDefaultsOfTheContract() {
    Settings settings = Loading.system().settings();

    assertThat(settings.enabled()).isTrue();
    assertThat(settings.connectGroups()).isEmpty();
    assertThat(settings.services()).hasToString("*");
    assertThat(settings.door()).isEqualTo(new HostPort("0.0.0.0", 7400));
    assertThat(settings.advertise()).isNull();
    assertThat(settings.secret()).isNull();
    assertThat(settings.logLimitBytes()).isEqualTo(64L << 20);
    assertThat(settings.onLimit()).isEqualTo(OnLimit.DEMOTE);
    assertThat(settings.memoryBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
    assertThat(settings.heartbeatMs()).isEqualTo(200);
    assertThat(settings.suspectMs()).isEqualTo(1_000);
    assertThat(settings.resumeWindowMs()).isEqualTo(30_000);
    assertThat(settings.divergence().of("any")).isEqualTo(Divergence.ABORT);
    assertThat(settings.logLevel()).isEqualTo(LogLevel.INFO);
    assertThat(settings.logFile()).isNull();
    assertThat(settings.directPorts()).isNull();
    assertThat(settings.strict()).isFalse();
  }

  @Test
  void shouldHaveTheClusterDefaultsOfTheContract() {
    ClusterSettings cluster = Loading.system().settings().cluster();

    assertThat(cluster.name()).isEqualTo("belay");
    assertThat(cluster.members()).containsExactly(new HostPort("127.0.0.1", HostPort.ANY_PORT));
    assertThat(cluster.bind()).isEqualTo(new HostPort("127.0.0.1", 5701));
    assertThat(cluster.mode()).isEqualTo(ClusterMode.EMBEDDED);
    assertThat(cluster.key()).isNull();
  }

  @Test
  void shouldReadEveryKey() {
    Settings.Loaded loaded =
        Loading.system(
            "belay.connect=a:7001@7401|[::1]:7001@7402, c:80@90",
            "belay.services=7001, db=5432",
            "belay.door=[::]:0",
            "belay.advertise=example.org:7400",
            "belay.secret=tell",
            "belay.direct=100-200",
            "belay.cluster.name=north",
            "belay.cluster.members=a,b:5702,[fe80::1%eth0]:5703",
            "belay.cluster.bind=10.0.0.1:5800",
            "belay.cluster.mode=EXTERNAL",
            "belay.cluster.key=lock",
            "belay.log.limit=10k",
            "belay.on-limit=block",
            "belay.memory=1G",
            "belay.heartbeat=50ms",
            "belay.suspect=2m",
            "belay.resume-window=3s",
            "belay.divergence=continue,db=abort",
            "belay.log.level=off",
            "belay.log.file=/var/log/belay.log",
            "belay.strict=TRUE",
            "belay.enabled=false");

    Settings settings = loaded.settings();
    assertThat(Loading.lines(loaded)).isEmpty();
    assertThat(settings.connectGroups())
        .containsExactly(
            new SupportGroup(List.of(new Target("a", 7001, 7401), new Target("::1", 7001, 7402))),
            new SupportGroup(List.of(new Target("c", 80, 90))));
    assertThat(settings.services().nameOf(5432)).isEqualTo("db");
    assertThat(settings.door()).isEqualTo(new HostPort("::", HostPort.ANY_PORT));
    assertThat(settings.advertise()).isEqualTo(new HostPort("example.org", 7400));
    assertThat(settings.secret()).isEqualTo("tell".getBytes(StandardCharsets.UTF_8));
    assertThat(settings.directPorts()).isEqualTo(new PortRange(100, 200));
    assertThat(settings.cluster().name()).isEqualTo("north");
    assertThat(settings.cluster().members())
        .containsExactly(
            new HostPort("a", HostPort.ANY_PORT),
            new HostPort("b", 5702),
            new HostPort("fe80::1%eth0", 5703));
    assertThat(settings.cluster().bind()).isEqualTo(new HostPort("10.0.0.1", 5800));
    assertThat(settings.cluster().mode()).isEqualTo(ClusterMode.EXTERNAL);
    assertThat(settings.cluster().key()).isEqualTo("lock".getBytes(StandardCharsets.UTF_8));
    assertThat(settings.logLimitBytes()).isEqualTo(10_240);
    assertThat(settings.onLimit()).isEqualTo(OnLimit.BLOCK);
    assertThat(settings.memoryBytes()).isEqualTo(1L << 30);
    assertThat(settings.heartbeatMs()).isEqualTo(50);
    assertThat(settings.suspectMs()).isEqualTo(120_000);
    assertThat(settings.resumeWindowMs()).isEqualTo(3_000);
    assertThat(settings.divergence().of("db")).isEqualTo(Divergence.ABORT);
    assertThat(settings.divergence().of("7001")).isEqualTo(Divergence.CONTINUE);
    assertThat(settings.logLevel()).isEqualTo(LogLevel.OFF);
    assertThat(settings.logFile()).isEqualTo(new File("/var/log/belay.log"));
    assertThat(settings.strict()).isTrue();
    assertThat(settings.enabled()).isFalse();
  }

  @Test
  void shouldReadEveryKeyFromTheEnvironment() {
    for (Key key : Key.values()) {
      assertThat(Key.ofEnvironment(key.environmentName())).isEqualTo(key);
    }
    assertThat(Key.CLUSTER_MODE.environmentName()).isEqualTo("BELAY_CLUSTER_MODE");
    assertThat(Key.ON_LIMIT.environmentName()).isEqualTo("BELAY_ON_LIMIT");
  }

  @Test
  void shouldPreferArgumentToSystemToEnvironmentToFile() throws Exception {
    Path file = directory.resolve("belay.properties");
    Files.writeString(
        file,
        "belay.door=file:9\nbelay.services=file=1\nbelay.cluster.name=file\n"
            + "belay.cluster.bind=file:1\n");
    Map<String, String> environment =
        Map.of(
            "BELAY_CONFIG", file.toString(),
            "BELAY_SERVICES", "environment=1",
            "BELAY_CLUSTER_NAME", "environment",
            "BELAY_CLUSTER_BIND", "environment:1",
            "HOME", "/");
    Properties system =
        Loading.properties(
            "belay.cluster.name=system", "belay.cluster.bind=system:1", "java.version=17");

    Settings.Loaded loaded = Settings.load("cluster.bind=argument:1", environment, system);

    assertThat(Loading.lines(loaded)).isEmpty();
    assertThat(loaded.settings().door().host()).isEqualTo("file");
    assertThat(loaded.settings().services()).hasToString("environment=1");
    assertThat(loaded.settings().cluster().name()).isEqualTo("system");
    assertThat(loaded.settings().cluster().bind().host()).isEqualTo("argument");
  }

  @Test
  void shouldReadTheFileThatTheArgumentNames() throws Exception {
    Path file = Files.createDirectory(directory.resolve("a=b")).resolve("belay.properties");
    Files.writeString(file, "# ours\nbelay.services = gr\u00fcn=80 \nbelay.strict=true\n");

    Settings.Loaded loaded = Settings.load(file.toString(), Map.of(), new Properties());

    assertThat(Loading.lines(loaded))
        .containsExactly(
            "belay.services=gr\u00fcn=80 (file "
                + file
                + "): expected * or none or a list of port or name=port separated by commas,"
                + " but \"gr\u00fcn\" is not a name of 1 to 64 letters, digits, dots, dashes"
                + " or underscores");
    assertThat(loaded.settings().strict()).isTrue();
  }

  @Test
  void shouldTakeSettingsFromTheArgumentWithAndWithoutPrefix() {
    Settings.Loaded loaded =
        Settings.load(
            " connect=a:1@2|b:3@4; belay.services=x=1,y=2;;on-limit = block ",
            Map.of(),
            new Properties());

    assertThat(Loading.lines(loaded)).isEmpty();
    assertThat(loaded.settings().connectGroups().get(0)).hasToString("a:1@2|b:3@4");
    assertThat(loaded.settings().services()).hasToString("x=1,y=2");
    assertThat(loaded.settings().onLimit()).isEqualTo(OnLimit.BLOCK);
  }

  @Test
  void shouldKnowWhichEndsAreWanted() {
    Settings standard = Loading.system().settings();
    Settings client = Loading.system("belay.connect=a:1@2", "belay.services=none").settings();
    Settings switchedOff = Loading.system("belay.connect=a:1@2", "belay.enabled=false").settings();

    assertThat(standard.wantsClient()).isFalse();
    assertThat(standard.wantsServer()).isTrue();
    assertThat(client.wantsClient()).isTrue();
    assertThat(client.wantsServer()).isFalse();
    assertThat(switchedOff.wantsClient()).isFalse();
    assertThat(switchedOff.wantsServer()).isFalse();
  }

  @Test
  void shouldNotShowSecrets() {
    Settings.Loaded loaded =
        Loading.system("belay.secret=hunter2", "belay.cluster.key=hunter2", "belay.sekret=hunter2");

    assertThat(loaded.settings().toString()).contains("secret=***").doesNotContain("hunter2");
    assertThat(loaded.toString()).doesNotContain("hunter2");
    assertThat(Loading.lines(loaded))
        .containsExactly(
            "belay.sekret=*** (system property): unknown key; did you mean belay.secret?");
  }

  @Test
  void shouldHandOutCopiesOfSecrets() {
    Settings settings = Loading.system("belay.secret=tell").settings();

    settings.secret()[0] = 0;

    assertThat(settings.secret()).isEqualTo("tell".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void shouldReportOneLineForEachProblem() {
    Settings.Loaded loaded = Loading.system("belay.door=x", "belay.strict=maybe");

    assertThat(report(loaded))
        .isEqualTo(
            "belay: belay.door=x (system property): expected host:port, but \"x\" has no port;"
                + " the application runs unprotected\n"
                + "belay: belay.strict=maybe (system property): expected true or false;"
                + " the application runs unprotected\n");
    assertThat(loaded.isFatal()).isFalse();
  }

  @Test
  void shouldBeFatalOnlyWhenStrict() {
    Settings.Loaded loaded = Loading.system("belay.door=x", "belay.strict=true");

    assertThat(loaded.isFatal()).isTrue();
    assertThat(report(loaded)).endsWith("; the JVM exits because belay.strict=true\n");
    assertThat(Settings.EXIT_STATUS).isEqualTo(78);
  }

  @Test
  void shouldNotBeFatalWhenSwitchedOffOrWithoutProblem() {
    Settings.Loaded switchedOff =
        Loading.system("belay.door=x", "belay.strict=true", "belay.enabled=false");
    Settings.Loaded fine = Loading.system("belay.strict=true");

    assertThat(switchedOff.isFatal()).isFalse();
    assertThat(fine.isFatal()).isFalse();
  }

  private static String report(Settings.Loaded loaded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    loaded.report(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
