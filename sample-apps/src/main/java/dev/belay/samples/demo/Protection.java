package dev.belay.samples.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The JVM options that attach the agent; none without an agent. The programs themselves are not
 * touched.
 */
record Protection(Optional<Path> agent) {

  /** Options of a server. */
  List<String> ofServer(Ports ports) {
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

  /** Options of the client, which knows both servers. */
  List<String> ofClient(Ports first, Ports second) {
    return agent
        .map(
            jar ->
                List.of(
                    "-javaagent:" + jar,
                    "-Dbelay.connect=" + first.target() + "|" + second.target(),
                    "-Dbelay.cluster.mode=none"))
        .orElse(List.of());
  }
}
