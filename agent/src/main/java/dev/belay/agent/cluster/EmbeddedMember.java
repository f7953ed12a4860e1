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
public final class EmbeddedMember implements Cluster.Starter {

  private static final String BASE = "java.base";

  private final Instrumentation instrumentation;

  /**
   * @param instrumentation null in a JVM of our own, which no application shares
   */
  public EmbeddedMember(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  /** Begins to join; returns at once. Not before the first service is protected: it loads 20 MB. */
  @Override
  public Replicator start(
      ReplicatorSettings settings, ReplicatorListener listener, Consumer<String> log) {
    if (instrumentation != null) {
      openPackages();
      instrumentation.addTransformer(new DaemonThreads(EmbeddedMember.class.getClassLoader()));
    }
    return HazelcastReplicator.start(settings, listener, log);
  }

  /**
   * As Hazelcast asks for them by {@code --add-opens}; without that it warns in the application's
   * log. It uses them for its selectors and for figures about the JVM.
   */
  private void openPackages() {
    export(BASE, "jdk.internal.ref");
    export(BASE, "jdk.internal.misc"); // for QuietUnsafe
    open(BASE, "java.lang");
    open(BASE, "sun.nio.ch");
    open("jdk.management", "com.sun.management.internal");
    open("java.management", "sun.management");
  }

  private void open(String module, String name) {
    Set<Module> us = Set.of(EmbeddedMember.class.getModule());
    redefine(module, name, Map.of(), Map.of(name, us));
  }

  private void export(String module, String name) {
    Set<Module> us = Set.of(EmbeddedMember.class.getModule());
    redefine(module, name, Map.of(name, us), Map.of());
  }

  private void redefine(
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
