package dev.belay.agent.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentClassLoaderTest {

  private static final String BOOTSTRAP = "dev.belay.agent.Bootstrap";

  @TempDir static Path directory;

  private static AgentClassLoader loader;

  @BeforeAll
  static void open() throws Exception {
    Path jar = LauncherJar.in(directory);
    loader = new AgentClassLoader(jar.toFile(), ClassLoader.getPlatformClassLoader());
  }

  @Test
  void shouldFindWhatIsHidden() throws Exception {
    Class<?> bootstrap = loader.loadClass(BOOTSTRAP);

    assertThat(bootstrap.getClassLoader()).isSameAs(loader);
    assertThat(bootstrap.getPackage().getName()).isEqualTo("dev.belay.agent");
    assertThat(bootstrap.getProtectionDomain().getCodeSource().getLocation().getPath())
        .endsWith("belay-agent.jar");
    assertThat(loader.loadClass(BOOTSTRAP)).isSameAs(bootstrap);
  }

  @Test
  void shouldNotFindTheApplication() {
    assertThatThrownBy(() -> loader.loadClass(Program.class.getName()))
        .isInstanceOf(ClassNotFoundException.class);
    assertThatThrownBy(() -> loader.loadClass("org.junit.jupiter.api.Test"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void shouldFindWhatIsInTheJarWithinTheJar() throws Exception {
    Class<?> lazy = loader.loadClass(LauncherJar.LAZY_CLASS);

    assertThat(lazy.getClassLoader()).isSameAs(loader);
    assertThat(loader.loadClass(LauncherJar.LAZY_CLASS)).isSameAs(lazy);
    assertThatThrownBy(() -> loader.loadClass("com.hazelcast.Nothing"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void shouldPreferItsOwnToItsParents() throws Exception {
    AgentClassLoader child =
        new AgentClassLoader(
            directory.resolve("belay-agent.jar").toFile(), getClass().getClassLoader());

    assertThat(child.loadClass(BOOTSTRAP).getClassLoader()).isSameAs(child);
    assertThat(child.loadClass(Program.class.getName())).isSameAs(Program.class);
  }

  @Test
  void shouldFindThePlatform() throws Exception {
    assertThat(loader.loadClass("java.sql.Driver")).isSameAs(java.sql.Driver.class);
  }

  @Test
  void shouldGiveResourcesAndBridgeClassesAsStreams() throws Exception {
    assertThat(text("words.txt")).isEqualTo("hidden");
    assertThat(text("bridge/sun/Bridge.classdata")).isEqualTo("bridge");
    assertThat(text("bridge/sun/Bridge.class")).isEqualTo("bridge");
    assertThat(loader.getResourceAsStream("dev/belay/agent/Bootstrap.class")).isNotEmpty();
    assertThat(loader.getResourceAsStream("nothing.txt")).isNull();
  }

  @Test
  void shouldGiveResourcesAsUrls() throws Exception {
    URL url = loader.getResource("words.txt");

    assertThat(url.toString()).startsWith("jar:file:").endsWith("belay-agent.jar!/inst/words.txt");
    assertThat(Collections.list(loader.getResources("words.txt"))).containsExactly(url);
    assertThat(loader.getResource("nothing.txt")).isNull();
  }

  private static String text(String name) throws Exception {
    try (InputStream stream = loader.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), UTF_8);
    }
  }
}
