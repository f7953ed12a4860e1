package dev.belay.agent.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** An agent's jar with the real launcher and a stand-in for everything behind it. */
public final class LauncherJar {

  /** What the stand-in writes to stderr when it has started. */
  public static final String STARTED = "stand-in started";

  /** The one in the jar within the jar. */
  public static final String LAZY_CLASS = "com.hazelcast.core.HazelcastException";

  private static final String BOOTSTRAP =
      """
      package dev.belay.agent;

      public final class Bootstrap implements java.util.function.Function<Object[], String> {
        @Override
        public String apply(Object[] arguments) {
          String failure = System.getProperty("stand-in.failure");
          if ("sentence".equals(failure)) throw new IllegalStateException("no luck");
          if ("fault".equals(failure)) throw new StackOverflowError();
          java.io.File agentJar = (java.io.File) arguments[3];
          System.err.println("stand-in started " + arguments[0] + " " + arguments[2] + " "
              + agentJar.getName() + " " + Bootstrap.class.getClassLoader().getName());
          return "services 7001";
        }
      }
      """;

  private LauncherJar() {}

  /** Builds the jar in that directory. */
  public static Path in(Path directory) throws IOException {
    Path classes = Files.createDirectories(directory.resolve("classes"));
    compile(directory, classes);
    Path jar = directory.resolve("belay-agent.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file, manifest())) {
      copyLauncher(entries, "Launcher");
      copyLauncher(entries, "AgentClassLoader");
      byte[] bootstrap = Files.readAllBytes(classes.resolve("dev/belay/agent/Bootstrap.class"));
      put(entries, "inst/dev/belay/agent/Bootstrap.classdata", bootstrap);
      put(entries, "inst/words.txt", "hidden".getBytes(UTF_8));
      put(entries, "bridge/sun/Bridge.classdata", "bridge".getBytes(UTF_8));
      put(entries, "inst/lazy/com.hazelcast.jar", lazyJar());
    }
    return jar;
  }

  private static void compile(Path directory, Path classes) throws IOException {
    Path source = Files.writeString(directory.resolve("Bootstrap.java"), BOOTSTRAP);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> arguments = List.of("-d", classes.toString(), source.toString());
    int status = compiler.run(null, null, null, arguments.toArray(new String[0]));
    if (status != 0) {
      throw new IllegalStateException("the stand-in does not compile");
    }
  }

  /** A jar within the jar, with one class. */
  private static byte[] lazyJar() throws IOException {
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    try (JarOutputStream entries = new JarOutputStream(jar)) {
      copyClass(entries, LAZY_CLASS.replace('.', '/') + ".class");
    }
    return jar.toByteArray();
  }

  private static Manifest manifest() {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.IMPLEMENTATION_VERSION, "1.2.3");
    attributes.put(Attributes.Name.MAIN_CLASS, Launcher.class.getName());
    attributes.putValue("Premain-Class", Launcher.class.getName());
    attributes.putValue("Agent-Class", Launcher.class.getName());
    return manifest;
  }

  private static void copyLauncher(JarOutputStream entries, String name) throws IOException {
    copyClass(entries, "dev/belay/agent/launch/" + name + ".class");
  }

  private static void copyClass(JarOutputStream entries, String path) throws IOException {
    try (InputStream stream = LauncherJar.class.getResourceAsStream("/" + path)) {
      put(entries, path, stream.readAllBytes());
    }
  }

  private static void put(JarOutputStream entries, String path, byte[] bytes) throws IOException {
    entries.putNextEntry(new JarEntry(path));
    entries.write(bytes);
    entries.closeEntry();
  }
}
