package dev.belay.benchmarks.run;

import dev.belay.benchmarks.rsocket.RSocketClient;
import dev.belay.benchmarks.rsocket.RSocketEchoServer;
import dev.belay.benchmarks.traffic.Client;
import dev.belay.benchmarks.traffic.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the children's JVMs are started: all alike, but for the agent.
 *
 * @param home of the JDK
 * @param log gets what they and the agent say on standard error
 */
record Jvm(Path home, Options options, Path log) {
  private static final List<String> COMMON = List.of("-Xms768m", "-Xmx768m", "-XX:+UseSerialGC");

  /** The version, as the JDK's release file has it. */
  String version() throws IOException {
    for (String line : Files.readAllLines(home.resolve("release"))) {
      if (line.startsWith("JAVA_VERSION=")) {
        return line.substring(line.indexOf('"') + 1, line.lastIndexOf('"'));
      }
    }
    return home.getFileName().toString();
  }

  Child server(List<String> agent, Object... ports) throws IOException {
    return Child.program(command(agent, Server.class.getName(), ports), log);
  }

  Child client(List<String> agent) throws IOException {
    return Child.program(command(agent, Client.class.getName()), log);
  }

  Child rsocketServer(int port) throws IOException {
    return Child.program(command(List.of(), RSocketEchoServer.class.getName(), port), log);
  }

  Child rsocketClient() throws IOException {
    return Child.program(command(List.of(), RSocketClient.class.getName()), log);
  }

  /** JVM options of a client that connects to this group. */
  List<String> clientAgent(String connect) {
    return agent("-Dbelay.connect=" + connect);
  }

  /** JVM options of a server that protects these ports. */
  List<String> serverAgent(int door, String services) {
    return agent("-Dbelay.door=127.0.0.1:" + door, "-Dbelay.services=" + services);
  }

  private List<String> agent(String... settings) {
    List<String> agent = new ArrayList<>();
    agent.add("-javaagent:" + options.agent());
    agent.addAll(options.agentSettings());
    agent.add("-Dbelay.log.level=warn");
    agent.addAll(List.of(settings));
    return agent;
  }

  List<String> command(List<String> more, String main, Object... args) {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/java").toString());
    command.addAll(COMMON);
    command.addAll(more);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    for (Object arg : args) {
      command.add(String.valueOf(arg));
    }
    return command;
  }
}
