package dev.belay.agent.seam;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The table of what is redirected: which static calls, in which classes of {@code sun.nio.ch}.
 *
 * <p>Invariant: a method of the same descriptor in {@code BelaySeam} takes the place of each, of
 * the same name too but where {@link #target} says another. Immutable.
 */
final class CallSites {
  static final String PACKAGE = "sun/nio/ch/";
  static final String SEAM = PACKAGE + "BelaySeam";
  static final String HOOKS = "java/lang/ApplicationShutdownHooks";
  static final String HOOK = PACKAGE + "BelayHook";

  /** Calls of these get a call of the seam before them. */
  static final String CHECK_CONNECT = "checkConnect";

  static final String CLOSE_INT = "closeIntFD";

  /** What the classes of selectors, ports and pollers begin with. */
  private static final String SELECTORS = PACKAGE + "EPoll";

  private static final String FD = "Ljava/io/FileDescriptor;";
  private static final String INET = "Ljava/net/InetSocketAddress;";
  private static final String FAMILY = "Ljava/net/ProtocolFamily;";

  /** owner.name+descriptor of every static method whose calls are redirected. */
  private static final String[] REDIRECTED = {
    "Net.connect(" + FD + "Ljava/net/InetAddress;I)I",
    "Net.connect(" + FAMILY + FD + "Ljava/net/InetAddress;I)I",
    "Net.connect(" + FAMILY + FD + "Ljava/net/SocketAddress;)I",
    "Net.pollConnectNow(" + FD + ")Z",
    "Net.accept(" + FD + FD + "[" + INET + ")I",
    "Net.listen(" + FD + "I)V",
    "Net.poll(" + FD + "IJ)I",
    "Net.available(" + FD + ")I",
    "Net.shutdown(" + FD + "I)V",
    "Net.sendOOB(" + FD + "B)I",
    "Net.localAddress(" + FD + ")" + INET,
    "Net.remoteAddress(" + FD + ")" + INET,
    "Net.setSocketOption(" + FD + "Ljava/net/SocketOption;Ljava/lang/Object;)V",
    "Net.setSocketOption(" + FD + FAMILY + "Ljava/net/SocketOption;Ljava/lang/Object;)V",
    "Net.setIpSocketOption(" + FD + FAMILY + "Ljava/net/SocketOption;Ljava/lang/Object;)V",
    "IOUtil.configureBlocking(" + FD + "Z)V",
    "EPoll.ctl(IIII)I",
  };

  /** Class, and the redirected methods (by owner.name) that it must call for a whole protection. */
  private static final String[][] CLASSES = {
    {
      "NioSocketImpl",
      "Net.connect",
      "Net.pollConnectNow",
      "Net.accept",
      "Net.listen",
      "Net.poll",
      "Net.available",
      "Net.shutdown",
      "Net.sendOOB",
      "Net.localAddress",
      "Net.setSocketOption",
      "IOUtil.configureBlocking",
    },
    {
      "SocketChannelImpl",
      "Net.connect",
      "Net.pollConnectNow",
      "Net.available",
      "Net.shutdown",
      "Net.sendOOB",
      "Net.localAddress",
      "Net.setSocketOption",
      "IOUtil.configureBlocking",
    },
    {"ServerSocketChannelImpl", "Net.accept", "Net.listen", "IOUtil.configureBlocking"},
    {"UnixAsynchronousSocketChannelImpl", "Net.connect", "Net.localAddress"},
    {"UnixAsynchronousServerSocketChannelImpl", "Net.accept"},
    {"AsynchronousSocketChannelImpl", "Net.setSocketOption", "Net.shutdown"},
    {"AsynchronousServerSocketChannelImpl", "Net.listen"},
    {"EPollSelectorImpl", "EPoll.ctl"},
    {"EPollPort", "EPoll.ctl"},
    {"SelChImpl", "Net.poll"},
    {"SocketDispatcher"},
    {"FileChannelImpl"},
  };

  /** Classes that not every JDK has. */
  private static final String[] OPTIONAL = {"UnixDispatcher", "EPollPoller", "SocketAdaptor"};

  private final Set<String> redirected = new HashSet<>();
  private final Set<String> names = new HashSet<>();
  private final Map<String, String[]> classes = new HashMap<>();

  CallSites() {
    for (String method : REDIRECTED) {
      redirected.add(method);
      names.add(method.substring(method.indexOf('.') + 1, method.indexOf('(')));
    }
    names.add(CHECK_CONNECT);
    names.add(CLOSE_INT);
    for (String[] row : CLASSES) {
      classes.put(PACKAGE + row[0], row);
    }
    classes.put(HOOKS, new String[] {HOOKS});
    for (String name : OPTIONAL) {
      classes.put(PACKAGE + name, new String[] {name});
    }
  }

  /** The bare names of all static methods whose calls a weaver has to look at. */
  Set<String> names() {
    return names;
  }

  /** True when this class (internal name) has call sites to redirect. */
  boolean isWoven(String internalName) {
    return classes.containsKey(internalName);
  }

  Iterable<String> wovenClasses() {
    return classes.keySet();
  }

  boolean isOptional(String internalName) {
    for (String name : OPTIONAL) {
      if (internalName.equals(PACKAGE + name)) {
        return true;
      }
    }
    return false;
  }

  /** What this class must call at least, each as owner.name. */
  Set<String> required(String internalName) {
    String[] row = classes.get(internalName);
    Set<String> names = new HashSet<>();
    for (int i = 1; row != null && i < row.length; i++) {
      names.add(row[i]);
    }
    if (internalName.equals(PACKAGE + "SocketDispatcher")) {
      Collections.addAll(names, "read", "readv", "write", "writev");
    }
    if (internalName.equals(PACKAGE + "FileChannelImpl")) {
      names.add("transferToDirect");
    }
    return names;
  }

  /**
   * Whether this static call, in this method of a woven class, goes to the seam. What a selector's
   * constructor registers, or makes non-blocking, is its own wake-up descriptor, never a channel's;
   * it is closed behind the seam's back, so that nothing may be noted of its number.
   */
  boolean isRedirected(
      String inClass, String inMethod, String owner, String name, String descriptor) {
    if (!owner.startsWith(PACKAGE)) {
      return false;
    }
    if (inMethod.equals("<init>") && inClass.startsWith(SELECTORS)) {
      return false;
    }
    return redirected.contains(owner.substring(PACKAGE.length()) + "." + name + descriptor);
  }

  /**
   * The seam's method for such a call. On its way to a close the JDK shuts the output down: that
   * nothing is read any more either is known from the method, and only from these. In any other it
   * is a half-close, whose application reads on.
   */
  String target(String inMethod, String name) {
    boolean isClose = inMethod.equals("close") || inMethod.startsWith("implClose");
    return isClose && name.equals("shutdown") ? "shutdownToClose" : name;
  }
}
