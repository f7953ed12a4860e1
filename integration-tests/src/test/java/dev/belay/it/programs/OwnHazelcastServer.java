package dev.belay.it.programs;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Has a Hazelcast of its own (by reflection: whichever is on the class path), sends one
 * connection's bytes back, and returns: {@code port=}, {@code memberPort=}. Reports what it sees of
 * the JVM, each line with {@code REPORT}.
 */
public final class OwnHazelcastServer {
  private static final String CONFIG =
      "<hazelcast xmlns='http://www.hazelcast.com/schema/config'>"
          + "<cluster-name>application</cluster-name><network><port>%d</port>"
          + "<interfaces enabled='true'><interface>127.0.0.1</interface></interfaces>"
          + "<join><auto-detection enabled='false'/><multicast enabled='false'/></join></network>"
          + "</hazelcast>";

  private static final String[] NOT_TO_BE_SEEN = {
    "dev.belay.agent.Agent",
    "dev.belay.replicator.hazelcast.HazelcastReplicator",
    "com.hazelcast.jet.config.JetConfig" // not in the version of the application
  };

  private OwnHazelcastServer() {}

  /** Returns when the one connection and its Hazelcast have ended. */
  public static void main(String[] args) throws Exception {
    Options options = Options.of(args);
    Object hazelcast = start(options.number("memberPort"));
    Object map = call(hazelcast, "getMap", "words");
    Map<Object, Object> words = asMap(map);
    words.put("own", "word");
    serveOnce(options.number("port"));
    Object cluster = call(hazelcast, "getCluster");
    report("word", words.get("own"));
    report("members", ((Set<?>) call(cluster, "getMembers")).size());
    report("version", call(((Set<?>) call(cluster, "getMembers")).iterator().next(), "getVersion"));
    report("loader", hazelcast.getClass().getClassLoader() == ClassLoader.getSystemClassLoader());
    report("seen", Arrays.stream(NOT_TO_BE_SEEN).filter(OwnHazelcastServer::isSeen).toList());
    report("properties", properties());
    report("beans", domains());
    call(hazelcast, "shutdown");
    report("threads", threads());
  }

  private static void report(String what, Object value) {
    System.out.println("REPORT " + what + "=" + value);
  }

  private static Object start(int memberPort) throws ReflectiveOperationException {
    Object config =
        Class.forName("com.hazelcast.config.InMemoryXmlConfig")
            .getConstructor(String.class)
            .newInstance(CONFIG.formatted(memberPort));
    return Class.forName("com.hazelcast.core.Hazelcast")
        .getMethod("newHazelcastInstance", Class.forName("com.hazelcast.config.Config"))
        .invoke(null, config);
  }

  @SuppressWarnings("unchecked") // an IMap is one
  private static Map<Object, Object> asMap(Object map) {
    return (Map<Object, Object>) map;
  }

  private static Object call(Object of, String method, Object... args)
      throws ReflectiveOperationException {
    Class<?>[] types = Arrays.stream(args).map(Object::getClass).toArray(Class<?>[]::new);
    for (Class<?> each : interfacesOf(of.getClass())) {
      try {
        return each.getMethod(method, types).invoke(of, args);
      } catch (NoSuchMethodException e) {
        continue; // of another one
      }
    }
    throw new NoSuchMethodException(method);
  }

  private static Set<Class<?>> interfacesOf(Class<?> type) {
    Set<Class<?>> all = new java.util.LinkedHashSet<>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      all.addAll(Arrays.asList(each.getInterfaces()));
    }
    return all;
  }

  private static void serveOnce(int port) throws IOException {
    try (ServerSocket listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      System.out.println("READY " + port);
      try (Socket socket = listener.accept()) {
        socket.getInputStream().transferTo(socket.getOutputStream());
      }
    }
  }

  private static boolean isSeen(String name) {
    try {
      Class.forName(name);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static Set<String> properties() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> !name.startsWith("belay."))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The agent's own is documented. */
  private static Set<String> domains() {
    Set<String> domains =
        new TreeSet<>(Arrays.asList(ManagementFactory.getPlatformMBeanServer().getDomains()));
    domains.remove("dev.belay");
    return domains;
  }

  /** Those that would keep the JVM alive. */
  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.isDaemon())
        .map(Thread::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
