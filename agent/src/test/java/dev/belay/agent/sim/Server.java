package dev.belay.agent.sim;

import dev.belay.agent.sim.app.BlockingServer;
import dev.belay.agent.sim.app.Scripts;
import dev.belay.agent.sim.app.SelectorServer;
import dev.belay.agent.sim.kernel.Inside;
import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.Machine;
import dev.belay.agent.sim.kernel.World;
import java.io.IOException;
import java.net.InetSocketAddress;

/** One server of the group: a machine, and the JVM that runs on it now. */
final class Server {
  static final int PORT = 7000;
  static final int DOOR = 7400;

  private interface Program {
    void start(int port) throws IOException;

    void stop() throws IOException;
  }

  private final World world;
  private final Machine machine;
  private final Scripts scripts;
  private final Settings settings;
  private Jvm jvm;
  private Program program;
  private int starts;

  Server(World world, int index, Scripts scripts, Settings settings) {
    this.world = world;
    this.scripts = scripts;
    this.settings = settings;
    this.machine = new Machine(world, "s" + index, "10.0.0." + index);
  }

  String target() {
    return machine.address().getHostAddress() + ":" + PORT + "@" + DOOR;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(machine.address(), PORT);
  }

  Machine machine() {
    return machine;
  }

  Jvm jvm() {
    return jvm;
  }

  void traceThreads() {
    if (jvm != null) {
      jvm.traceThreads();
    }
  }

  boolean isRunning() {
    return jvm != null && !jvm.isDead() && machine.isUp();
  }

  boolean wasStartedAgain() {
    return starts > 1;
  }

  void start() {
    if (isRunning() || !machine.isUp()) {
      return;
    }
    jvm = settings.start(machine, machine.name() + "." + ++starts, settings.ofServer(machine));
    program = program();
    jvm.run(
        () -> {
          try {
            program.start(PORT);
          } catch (IOException e) {
            throw world.fail("the server's application does not start: " + e);
          }
        });
  }

  private Program program() {
    if (world.chance(0.5)) {
      SelectorServer selecting = new SelectorServer(jvm, scripts);
      return new Program() {
        @Override
        public void start(int port) throws IOException {
          selecting.start(port);
        }

        @Override
        public void stop() throws IOException {
          selecting.stop();
        }
      };
    }
    BlockingServer blocking =
        new BlockingServer(jvm, scripts, world.chance(0.5), world.chance(0.5) ? 0.3 : 0);
    return new Program() {
      @Override
      public void start(int port) throws IOException {
        blocking.start(port);
      }

      @Override
      public void stop() throws IOException {
        blocking.stop();
      }
    };
  }

  /** Sessions go elsewhere, the server lives on. */
  void drain() {
    jvm.run(() -> Inside.drain(jvm.agent()));
  }

  /** SIGTERM: the agent's hook, the application's, and the end. */
  void terminate(long lastsNs) {
    Jvm ending = jvm;
    Program stopping = program;
    ending.runShutdownHooks(); // which may take their time
    ending.run(
        () -> {
          try {
            stopping.stop();
          } catch (IOException e) {
            throw world.fail("the server's application does not stop: " + e);
          }
        });
    world.after(
        lastsNs,
        () -> {
          ending.runLastHooks();
          ending.kill();
        });
  }
}
