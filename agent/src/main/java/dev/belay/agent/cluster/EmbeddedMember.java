package dev.belay.agent.cluster;

import dev.belay.agent.seam.DaemonThreads;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.hazelcast.HazelcastReplicator;
import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A member of the cluster within the application's JVM, which keeps its threads from keeping the
 * JVM alive and its library from complaining about closed packages.
 */
public final class EmbeddedMember {

  private static final String BASE = "java.base";

  private EmbeddedMember() {}

  /**
   * Begins to join; returns at once. Not before the first service is protected: this loads 20 MB.
   *
   * @param instrumentation null in a JVM of our own, which no application shares
   * @param log takes a line for the agent's log; any thread
   */
  public static Replicator start(
      Instrumentation instrumentation,
      ReplicatorSettings settings,
      ReplicatorListener listener,
      Consumer<String> log) {
    if (instrumentation != null) {
      openPackages(instrumentation);
      instrumentation.addTransformer(new DaemonThreads(EmbeddedMember.class.getClassLoader()));
    }
    return HazelcastReplicator.start(settings, listener, log);
  }

  /**
   * As Hazelcast asks for them by {@code --add-opens}; without that it warns in the application's
   * log. It uses them for its selectors and for figures about the JVM.
   */
  private static void openPackages(Instrumentation instrumentation) {
    export(instrumentation, BASE, "jdk.internal.ref");
    open(instrumentation, BASE, "java.lang");
    open(instrumentation, BASE, "sun.nio.ch");
    open(instrumentation, "jdk.management", "com.sun.management.internal");
    open(instrumentation, "java.management", "sun.management");
  }

  private static void open(Instrumentation instrumentation, String module, String name) {
    Set<Module> us = Set.of(EmbeddedMember.class.getModule());
    redefine(instrumentation, module, name, Map.of(), Map.of(name, us));
  }

  private static void export(Instrumentation instrumentation, String module, String name) {
    Set<Module> us = Set.of(EmbeddedMember.class.getModule());
    redefine(instrumentation, module, name, Map.of(name, us), Map.of());
  }

  private static void redefine(
      Instrumentation instrumentation,
      String moduleName,
      String name,
      Map<String, Set<Module>> exports,
      Map<String, Set<Module>> opens) {
    Module module = ModuleLayer.boot().findModule(moduleName).orElse(null);
    if (module != null && module.getPackages().contains(name)) {
      instrumentation.redefineModule(module, Set.of(), exports, opens, Set.of(), Map.of());
    }
  }
}
