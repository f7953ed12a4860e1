package dev.belay.it.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.Ports;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.Transcript;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One run of {@link Probe} against {@link ProbeServer}, each with or without the agent. */
final class ProbeRun {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Rig rig;
  private final Jdk jdk;
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final int door = Ports.free();
  private boolean isClientProtected;
  private boolean isServerProtected;

  ProbeRun(Rig rig, Jdk jdk) {
    this.rig = rig;
    this.jdk = jdk;
    Stream.of(
            Places.SOCKET,
            Places.CHANNEL,
            Places.ASYNC,
            Places.SPARE,
            Places.DEAD,
            Places.DEAD_UNLISTED,
            Places.FULL,
            Places.FULL_UNLISTED)
        .forEach(place -> ports.put(place, Ports.free()));
  }

  /** With the agent at the client. */
  ProbeRun client() {
    isClientProtected = true;
    return this;
  }

  /** With the agent at the server. */
  ProbeRun server() {
    isServerProtected = true;
    return this;
  }

  /** Runs both programs to their ends; what they printed, by label. */
  Map<String, List<String>> notes() throws IOException {
    int fullDoor = Ports.free();
    for (int port : List.of(ports.get(Places.FULL), ports.get(Places.FULL_UNLISTED), fullDoor)) {
      rig.closing(new FullBacklog(port));
    }
    Jvm server =
        launch("server", isServerProtected, serverSettings()).main(ProbeServer.class, args());
    server.awaitLine("^ready$");
    Jvm client =
        launch("probe", isClientProtected, clientSettings(fullDoor)).main(Probe.class, args());
    assertThat(client.awaitExit(PATIENCE)).isZero();
    assertThat(server.awaitExit()).isZero();
    return byLabel(server, client);
  }

  private Launch launch(String name, boolean isProtected, Map<String, String> settings) {
    Launch launch = rig.jvm(name, jdk);
    return isProtected ? launch.agent(settings) : launch;
  }

  private Map<String, String> serverSettings() {
    String services =
        Stream.of(Places.SOCKET, Places.CHANNEL, Places.ASYNC, Places.SPARE)
            .map(place -> String.valueOf(ports.get(place)))
            .collect(Collectors.joining(","));
    return Map.of("services", services, "door", "127.0.0.1:" + door, "cluster.mode", "none");
  }

  private Map<String, String> clientSettings(int fullDoor) {
    List<String> targets = new ArrayList<>();
    for (String place : List.of(Places.SOCKET, Places.CHANNEL, Places.ASYNC)) {
      targets.add(target(place, door));
    }
    targets.add(target(Places.DEAD, Ports.free()));
    targets.add(target(Places.FULL, fullDoor));
    return Map.of("connect", String.join(",", targets), "cluster.mode", "none");
  }

  private String target(String place, int doorPort) {
    return "127.0.0.1:" + ports.get(place) + "@" + doorPort;
  }

  private String[] args() {
    return ports.entrySet().stream().map(Object::toString).toArray(String[]::new);
  }

  /** The lines by what stands before the bar; those of several connections sorted. */
  private static Map<String, List<String>> byLabel(Jvm... programs) {
    Map<String, List<String>> byLabel = new TreeMap<>();
    Arrays.stream(programs)
        .flatMap(program -> program.transcript().lines(Transcript.Source.OUT).stream())
        .filter(line -> line.contains(" | "))
        .forEach(line -> byLabel.computeIfAbsent(label(line), key -> new ArrayList<>()).add(line));
    byLabel.forEach(ProbeRun::sortIfOfSeveral);
    return byLabel;
  }

  private static void sortIfOfSeveral(String label, List<String> lines) {
    if (label.startsWith("connect.") && label.endsWith("partner")) {
      lines.sort(null);
    }
  }

  private static String label(String line) {
    return line.substring(0, line.indexOf(" | "));
  }
}
