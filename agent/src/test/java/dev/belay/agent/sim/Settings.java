package dev.belay.agent.sim;

import dev.belay.agent.config.Settings.Loaded;
import dev.belay.agent.sim.kernel.Inside;
import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.Machine;
import dev.belay.agent.sim.kernel.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** How the JVMs of one run are set up. */
final class Settings {
  /** Longer than all that a run breaks put together. */
  static final long RESUME_WINDOW_MS = 30_000;

  private static final int FIRST_DIRECT_PORT = 20_000;

  /** Few, so that each has many owners. */
  private static final int DIRECT_PORTS = 40;

  private final List<String> common = new ArrayList<>();
  private final boolean isClustered;
  private final boolean isTight;
  private final boolean isDirect;
  private final String logLimit;
  private final int socketBufferBytes;
  private String targets = "";

  Settings(World world) {
    common.add("belay.log.level=debug");
    common.add("belay.resume-window=" + RESUME_WINDOW_MS + "ms");
    this.isDirect = isDirect(world.seed());
    if (isDirect || world.chance(0.2)) {
      common.add("belay.secret=simulated");
    }
    if (isDirect) {
      common.add(
          "belay.direct=" + FIRST_DIRECT_PORT + "-" + (FIRST_DIRECT_PORT + DIRECT_PORTS - 1));
    }
    this.isClustered = world.chance(0.5);
    this.isTight = world.chance(isClustered ? 0.6 : 0.15);
    this.logLimit = isTight ? (world.chance(0.5) ? "8k" : isClustered ? "16k" : "2k") : "64m";
    this.socketBufferBytes = world.chance(0.5) ? 2_000 : 60_000;
  }

  /** Any of those from which connects may go past the door. */
  static int directPort(World world) {
    return FIRST_DIRECT_PORT + world.random().nextInt(DIRECT_PORTS);
  }

  /** Of ten runs three. */
  static boolean isDirect(long seed) {
    return seed % 10 < 3;
  }

  /** True when connects may go past the door. */
  boolean isDirect() {
    return isDirect;
  }

  /**
   * A JVM without the product, whose resets are lost: it stands for whoever had a machine's address
   * or its ports earlier.
   */
  Jvm startPlain(Machine machine, String name) {
    Jvm jvm = new Jvm(machine, name, socketBufferBytes);
    jvm.losesResets();
    return jvm;
  }

  /** True when some sessions may be demoted. */
  boolean isTight() {
    return isTight;
  }

  void targets(List<Server> servers) {
    List<String> each = new ArrayList<>();
    for (Server server : servers) {
      each.add(server.target());
    }
    targets = String.join("|", each);
  }

  /** True when logs are held by other members, too. */
  boolean isClustered() {
    return isClustered;
  }

  List<String> ofServer(Machine machine) {
    return List.of(
        "belay.services=" + Server.PORT,
        "belay.door=0.0.0.0:" + Server.DOOR,
        "belay.advertise=" + machine.address().getHostAddress() + ":" + Server.DOOR,
        "belay.cluster.mode=" + (isClustered ? "embedded" : "none"),
        "belay.memory=64m");
  }

  List<String> ofClient() {
    return List.of(
        "belay.services=none",
        "belay.connect=" + targets,
        "belay.memory=64m",
        "belay.log.limit=" + logLimit);
  }

  /** A JVM with the product in it. */
  Jvm start(Machine machine, String name, List<String> own) {
    Jvm jvm = new Jvm(machine, name, socketBufferBytes);
    Properties properties = new Properties();
    add(properties, common);
    add(properties, own);
    jvm.run(
        () -> {
          Loaded loaded = dev.belay.agent.config.Settings.load(null, Map.of(), properties);
          if (!loaded.problems().isEmpty()) {
            throw machine.world().fail("settings: " + loaded.problems());
          }
          jvm.agent(Inside.start(loaded.settings()));
        });
    return jvm;
  }

  private static void add(Properties properties, List<String> assignments) {
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      properties.setProperty(assignment.substring(0, equals), assignment.substring(equals + 1));
    }
  }
}
