package dev.belay.agent.seam;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Installs the seam into the running JVM: opens {@code sun.nio.ch} to the agent, defines the bridge
 * classes there and weaves the JDK's call sites, those already loaded and those to come.
 *
 * <p>Invariant: nothing is woven unless {@link #problems()} is empty. Used once, at start.
 */
public final class Seam {
  /** In the order in which they can be defined. */
  private static final String[] BRIDGE = {
    "BelayHook", "BelayEvents", "BelayPolls", "BelaySeam", "BelayNative"
  };

  private static final int OLDEST_JDK = 17;

  private final CallSites sites = new CallSites();
  private final Weaver weaver;

  /**
   * @param onFailure told in one line when a class of this JDK has not the expected shape, now or
   *     when it is loaded later; on any thread
   */
  public Seam(java.util.function.Consumer<String> onFailure) {
    this.weaver = new Weaver(sites, onFailure);
  }

  /** Why this JVM cannot be protected; empty when it can. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    String unfit = unfit();
    if (unfit != null) {
      problems.add(unfit);
    }
    if (problems.isEmpty()) {
      new ShapeCheck(sites, weaver, ShapeCheck::ofRunningJdk).addProblemsTo(problems);
    }
    return problems;
  }

  /** What is wrong with this platform, seen without looking into the JDK's classes, or null. */
  public static String unfit() {
    String os = System.getProperty("os.name", "");
    if (!os.equals("Linux")) {
      return "os.name=" + os + ": expected Linux";
    }
    int feature = Runtime.version().feature();
    return feature < OLDEST_JDK
        ? "java.version=" + System.getProperty("java.version") + ": expected 17 or newer"
        : null;
  }

  /** Gives the agent's own modules what they need of {@code java.base}. */
  public static void open(Instrumentation instrumentation, Module... agents) {
    Set<Module> modules = new HashSet<>();
    Collections.addAll(modules, agents);
    Map<String, Set<Module>> packages = new HashMap<>();
    packages.put("sun.nio.ch", modules);
    instrumentation.redefineModule(
        Object.class.getModule(),
        Collections.emptySet(),
        Collections.emptyMap(), // what is open is exported as well
        packages,
        Collections.emptySet(),
        Collections.emptyMap());
  }

  /** Defines the bridge classes, which the agent's loader has as resources, in java.base. */
  public static void defineBridge(ClassLoader agent)
      throws IOException, ReflectiveOperationException {
    if (isBridgeDefined()) {
      return; // by an earlier start that failed later
    }
    Class<?> resident = Class.forName("sun.nio.ch.IOStatus", false, null);
    MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(resident, MethodHandles.lookup());
    for (String name : BRIDGE) {
      String entry = "bridge/sun/nio/ch/" + name + ".classdata";
      try (InputStream in = agent.getResourceAsStream(entry)) {
        lookup.defineClass(in.readAllBytes());
      }
    }
  }

  private static boolean isBridgeDefined() {
    try {
      Class.forName("sun.nio.ch.BelaySeam", false, null);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** From here on the JDK's socket calls pass the seam. */
  public void weave(Instrumentation instrumentation) throws UnmodifiableClassException {
    instrumentation.addTransformer(weaver, true);
    List<Class<?>> loaded = new ArrayList<>();
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (type.getClassLoader() == null && sites.isWoven(type.getName().replace('.', '/'))) {
        loaded.add(type);
      }
    }
    if (!loaded.isEmpty()) {
      instrumentation.retransformClasses(loaded.toArray(new Class<?>[0]));
    }
    if (weaver.failure() != null) {
      instrumentation.removeTransformer(weaver);
      throw new IllegalStateException(weaver.failure());
    }
  }
}
