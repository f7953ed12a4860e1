package dev.belay.it.rig;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The making of one child JVM: which JDK, with or without the agent, which program.
 *
 * <p>The class path is this module's test classes and the samples jar. Used by one thread.
 */
public final class Launch {
  /** Options for every JVM, between spaces: {@code belay.it.options}. */
  private static final List<String> OPTIONS_OF_THE_RUN =
      List.of(System.getProperty("belay.it.options", "").split(" "));

  private final String name;
  private final Jdk jdk;
  private final Consumer<Jvm> register;
  private final List<String> jvmOptions = new ArrayList<>(List.of("-Xmx512m", "-XX:+UseSerialGC"));
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final StringBuilder libraries = new StringBuilder();
  private List<String> prefix = List.of();
  private String agentArgument = "";
  private boolean isWithAgent;
  private int descriptors;

  Launch(String name, Jdk jdk, Consumer<Jvm> register) {
    this.name = name;
    this.jdk = jdk;
    this.register = register;
    OPTIONS_OF_THE_RUN.stream().filter(option -> !option.isBlank()).forEach(jvmOptions::add);
  }

  /** With the agent and these settings, keys without their {@code belay.}. */
  public Launch agent(Map<String, String> settings) {
    isWithAgent = true;
    settings.forEach((key, value) -> jvmOptions.add("-Dbelay." + key + "=" + value));
    return this;
  }

  /** With the agent and a properties file as its argument. */
  public Launch agentFile(Path properties) {
    isWithAgent = true;
    agentArgument = "=" + properties;
    return this;
  }

  /** With the agent, and a setting that an environment variable holds. */
  public Launch agentVariable(String name, String value) {
    isWithAgent = true;
    environment.put(name, value);
    return this;
  }

  /** More options for the JVM itself. */
  public Launch jvmOptions(String... options) {
    jvmOptions.addAll(List.of(options));
    return this;
  }

  /** With one more jar on the class path of a main class. */
  public Launch library(Path jar) {
    libraries.append(File.pathSeparator).append(jar);
    return this;
  }

  /** On one of several machines. */
  public Launch on(List<String> machine) {
    prefix = machine;
    return this;
  }

  /** In a process that can have no more than so many descriptors open. */
  public Launch descriptors(int most) {
    descriptors = most;
    return this;
  }

  /** Starts a main class. */
  public Jvm main(Class<?> main, String... args) {
    return main(main.getName(), args);
  }

  /** Starts a main class known by name only, of the samples jar for instance. */
  public Jvm main(String main, String... args) {
    List<String> command = command();
    command.add("-cp");
    command.add(testClasses() + File.pathSeparator + samplesJar() + libraries);
    command.add(main);
    command.addAll(List.of(args));
    return start(command);
  }

  /** Starts an executable jar. */
  public Jvm jar(Path jar, String... args) {
    List<String> command = command();
    command.add("-jar");
    command.add(jar.toString());
    command.addAll(List.of(args));
    return start(command);
  }

  /** The agent's jar. */
  public static Path agentJar() {
    return product("belay.agent.jar", "agent/target/belay-agent.jar");
  }

  /** The sample applications' jar; need not exist. */
  public static Path samplesJar() {
    return product("belay.samples.jar", "sample-apps/target/belay-samples.jar");
  }

  /** Another Hazelcast than the agent's. */
  public static Path otherHazelcastJar() {
    return product("belay.hazelcast.jar", "integration-tests/target/other-hazelcast.jar");
  }

  /** Where this module's classes are. */
  public static Path testClasses() {
    try {
      var location = Launch.class.getProtectionDomain().getCodeSource().getLocation();
      return Path.of(location.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private Jvm start(List<String> command) {
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().putAll(environment);
    Jvm jvm = new Jvm(name, process);
    register.accept(jvm);
    return jvm;
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(prefix);
    if (descriptors > 0) {
      String limited = "ulimit -n " + descriptors + " && exec \"$@\"";
      command.addAll(List.of("/bin/sh", "-c", limited, "sh"));
    }
    command.add(jdk.java().toString());
    if (isWithAgent) {
      Path jar = agentJar();
      if (!Files.exists(jar)) {
        throw new IllegalStateException("no agent at " + jar + ", build it or set belay.agent.jar");
      }
      command.add("-javaagent:" + jar + agentArgument);
    }
    command.addAll(jvmOptions);
    return command;
  }

  private static Path product(String property, String inProject) {
    String given = System.getProperty(property);
    Path project = testClasses().resolve("../../..");
    return Path.of(given != null ? given : project.resolve(inProject).toString())
        .toAbsolutePath()
        .normalize();
  }
}
