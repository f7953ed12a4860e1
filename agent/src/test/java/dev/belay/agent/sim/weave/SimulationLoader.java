package dev.belay.agent.sim.weave;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.BiFunction;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.SimpleRemapper;

/**
 * Defines the product's classes, the bridge's seam and the simulation anew, with the names of the
 * system calls, clock, threads and chance replaced by those of the simulated world. The product
 * itself needs no switch for it, and its call sites stay as they are.
 *
 * <p>Invariant: a class of the product in this loader differs from the shipped one in names only,
 * and in the bug that is planted, if one is.
 */
public final class SimulationLoader extends ClassLoader {
  private static final String PRODUCT = "dev.belay.agent.";
  private static final String SIMULATION = "dev.belay.agent.sim.";
  private static final String SEAM = "dev.belay.agent.sim.bridge.";

  /** Names in the product and in the simulation. */
  private static final Map<String, String> BRIDGE =
      Map.of(
          "sun/nio/ch/BelayNative", "dev/belay/agent/sim/kernel/NativeCalls",
          "sun/nio/ch/BelaySeam", "dev/belay/agent/sim/bridge/BelaySeam",
          "sun/nio/ch/BelayPolls", "dev/belay/agent/sim/bridge/BelayPolls",
          "sun/nio/ch/EPoll", "dev/belay/agent/sim/kernel/EpollCalls",
          "sun/nio/ch/Net", "dev/belay/agent/sim/kernel/NetCalls",
          "sun/nio/ch/IOUtil", "dev/belay/agent/sim/kernel/NetCalls",
          "sun/net/ConnectionResetException", "dev/belay/agent/sim/jdk/ConnectionReset",
          "jdk/internal/access/SharedSecrets", "dev/belay/agent/sim/jdk/Secrets",
          "jdk/internal/access/JavaIOFileDescriptorAccess",
              "dev/belay/agent/sim/jdk/DescriptorNumbers");

  /** Names in the product only. */
  private static final Map<String, String> JDK =
      Map.of(
          "dev/belay/agent/cluster/EmbeddedMember", "dev/belay/agent/sim/cluster/SimulatedMember",
          "java/util/concurrent/locks/LockSupport", "dev/belay/agent/sim/jdk/ProductParking",
          "java/lang/Thread", "dev/belay/agent/sim/jdk/ProductThread",
          "java/lang/Runtime", "dev/belay/agent/sim/jdk/ProductRuntime",
          "java/lang/ProcessHandle", "dev/belay/agent/sim/jdk/OwnProcess",
          "java/util/concurrent/CountDownLatch", "dev/belay/agent/sim/jdk/ProductLatch",
          "java/util/concurrent/ThreadLocalRandom", "dev/belay/agent/sim/jdk/ThreadRandom");

  private final PlantedBug bug;

  /** The product would take it for a class that cannot be loaded, and the run for broken. */
  private RuntimeException notPlanted;

  /**
   * @param bug what is to be wrong with the product, or null
   */
  public SimulationLoader(PlantedBug bug) {
    super(SimulationLoader.class.getClassLoader());
    this.bug = bug;
  }

  /** The simulation over the product as it is loaded here. */
  @SuppressWarnings("unchecked")
  public BiFunction<Long, StringBuilder, String[]> simulation() {
    try {
      Class<?> type = loadClass(SIMULATION + "Simulation");
      var simulation =
          (BiFunction<Long, StringBuilder, String[]>) type.getDeclaredConstructor().newInstance();
      return (seed, trace) -> {
        String[] result = simulation.apply(seed, trace);
        if (notPlanted != null) {
          throw notPlanted;
        }
        return result;
      };
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      if (!isOurs(name)) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      return known != null ? known : define(name);
    }
  }

  /** Native memory is the real one, and this loader is its own. */
  private static boolean isOurs(String name) {
    return name.startsWith(PRODUCT)
        && !name.startsWith(SIMULATION + "weave.")
        && !name.equals(SIMULATION + "kernel.Memory");
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String source = name.startsWith(SEAM) ? "sun.nio.ch." + name.substring(SEAM.length()) : name;
    byte[] original = read(source.replace('.', '/') + ".class");
    byte[] code = weave(original, name.replace('.', '/'), !name.startsWith(SIMULATION));
    return defineClass(name, code, 0, code.length);
  }

  private static byte[] read(String resource) throws ClassNotFoundException {
    // The bridge is patched into java.base, whose resources the system loader gives.
    try (InputStream in =
        resource.startsWith("sun/")
            ? Object.class.getModule().getResourceAsStream(resource)
            : SimulationLoader.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new ClassNotFoundException(resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] weave(byte[] original, String name, boolean isProduct) {
    ClassReader reader = new ClassReader(original);
    ClassWriter writer = new ClassWriter(0);
    ClassVisitor next = new ClassRemapper(writer, new SimpleRemapper(Opcodes.ASM9, BRIDGE));
    if (name.startsWith(SEAM.replace('.', '/'))) {
      next = new SettableStatics(next);
    }
    if (isProduct) {
      next = new ClassRemapper(next, new SimpleRemapper(Opcodes.ASM9, JDK));
      next = new ProductCalls(next);
    }
    if (bug != null && bug.isIn(name)) {
      next = bug.planter(next);
    }
    try {
      reader.accept(next, 0);
    } catch (IllegalStateException e) {
      notPlanted = e;
      throw e;
    }
    return writer.toByteArray();
  }

  /** Its tables are changed for those of another JVM. */
  private static final class SettableStatics extends ClassVisitor {
    SettableStatics(ClassVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public FieldVisitor visitField(
        int access, String name, String descriptor, String signature, Object value) {
      boolean isTable = descriptor.equals("Ljava/util/Map;");
      int changed = isTable ? access & ~Opcodes.ACC_FINAL : access;
      return super.visitField(changed, name, descriptor, signature, value);
    }
  }
}
