package dev.belay.samples.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The JVM options that attach the agent; none without an agent. The programs themselves are not
 * touched.
 */
public record Protection(Optional<Path> agent) {

  /** Options of a server. */
  public List<String> ofServer(Ports ports) {
    return agent
        .map(
            jar ->
                List.of(
                    "-javaagent:" + jar,
                    "-Dbelay.services=" + ports.service(),
                    "-Dbelay.door=127.0.0.1:" + ports.door(),
                    "-Dbelay.cluster.mode=none"))
        .orElse(List.of());
  }

  /** Options of a client, which tries the servers in this order. */
  public List<String> ofClient(List<Ports> servers) {
    String group = servers.stream().map(Ports::target).collect(Collectors.joining("|"));
    return agent
        .map(
            jar ->
                List.of(
                    "-javaagent:" + jar, "-Dbelay.connect=" + group, "-Dbelay.cluster.mode=none"))
        .orElse(List.of());
  }
}
