package dev.belay.samples.chaos;

import dev.belay.samples.launch.Jvm;
import dev.belay.samples.launch.Ports;
import dev.belay.samples.launch.Protection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * With what the children are started.
 *
 * @param jdk home of their JDK
 * @param protection the agent
 * @param options further options of their JVMs
 * @param logs where their error output goes
 */
record Setup(Path jdk, Protection protection, List<String> options, Path logs) {

  private static final List<String> SMALL = List.of("-Xmx512m", "-XX:+UseSerialGC");

  /** The same with more options for the JVM. */
  Setup with(List<String> more) {
    List<String> all = new ArrayList<>(more);
    all.addAll(options);
    return new Setup(jdk, protection, List.copyOf(all), logs);
  }

  /** How a server is started. */
  Jvm server(Ports ports) {
    return jvm(protection.ofServer(ports));
  }

  /** How a client is started that tries the servers in this order. */
  Jvm client(List<Ports> servers) {
    return jvm(protection.ofClient(servers));
  }

  /** The log of a server, counted from 0. */
  Path serverLog(int number) {
    return logs.resolve("server-" + (number + 1) + ".log");
  }

  /** The log of a client. */
  Path clientLog(int place, int round) {
    return logs.resolve("client-" + (place + 1) + "-" + (round + 1) + ".log");
  }

  private Jvm jvm(List<String> agentOptions) {
    List<String> all = new ArrayList<>(SMALL);
    all.addAll(agentOptions);
    all.addAll(options);
    return new Jvm(jdk, List.copyOf(all));
  }
}
