package sun.nio.ch;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.SocketOption;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.internal.access.JavaIOFileDescriptorAccess;
import jdk.internal.access.SharedSecrets;

/**
 * The static methods that the woven call sites of the JDK call in place of their own. Each looks up
 * the hook of the descriptor and, when there is none, does what the call site did before.
 *
 * <p>Invariant: for a descriptor without a hook the effect is that of the original call. Called on
 * application threads.
 */
public final class BelaySeam {
  /**
   * What one system call of a write may take, so that bytes are counted and kept as they go: a
   * blocking write(2) of more than a ring holds would be counted when it is over.
   */
  private static final int PIECE_BYTES = 1 << 20;

  private static final int HELD_POLL_MS = 20;

  private static final JavaIOFileDescriptorAccess NUMBERS =
      SharedSecrets.getJavaIOFileDescriptorAccess();

  private static final MethodType IP_OPTION_SETTER =
      MethodType.methodType(
          void.class, FileDescriptor.class, ProtocolFamily.class, SocketOption.class, Object.class);

  /**
   * Written and grown under the class lock, so that no entry is lost to an array that is being
   * copied; read without one. An old array is as good for an old number.
   */
  private static BelayHook[] hooks = new BelayHook[1024];

  private static BelayPolls[] polls = new BelayPolls[1024];

  /** What the JDK last asked for: 0 never asked (blocking since birth), 1 blocking, 2 not. */
  private static byte[] blockingModes = new byte[1024];

  /**
   * What was set on sockets without a hook, by number, until they are closed: it is still wanted
   * when they become guarded.
   */
  private static final Map<Integer, Map<SocketOption<?>, Object>> options =
      new ConcurrentHashMap<>();

  private static volatile boolean knowsAllOptions = true;

  private static volatile BelayEvents events;

  private BelaySeam() {}

  /**
   * Gives the seam the agent; before that it is transparent.
   *
   * @param isLate the application ran before: it may have set options that the seam has not seen
   */
  public static void install(BelayEvents agent, boolean isLate) {
    knowsAllOptions = !isLate;
    events = agent;
  }

  public static int number(FileDescriptor fd) {
    return NUMBERS.get(fd);
  }

  /** The hook of a descriptor, or null: the only cost of an unprotected socket. */
  public static BelayHook hook(FileDescriptor fd) {
    BelayHook[] table = hooks;
    int number = NUMBERS.get(fd);
    return number >= 0 && number < table.length ? table[number] : null;
  }

  /**
   * Guards a descriptor number from now on.
   *
   * <p>An option that another thread sets meanwhile is not lost: it notes the option and then looks
   * for the hook, here the hook is set and then the options are looked at. One sees the other.
   */
  public static void guard(int number, BelayHook hook) {
    guardNow(number, hook);
    VarHandle.fullFence();
    for (Map.Entry<SocketOption<?>, Object> each : optionsSet(number).entrySet()) {
      hook.optionSet(each.getKey(), each.getValue());
    }
  }

  private static synchronized void guardNow(int number, BelayHook hook) {
    if (number >= hooks.length) {
      hooks = Arrays.copyOf(hooks, Math.max(number + 1, hooks.length * 2));
    }
    hooks[number] = hook;
  }

  /** Ends the guarding, if it is still this hook's. */
  public static synchronized void unguard(int number, BelayHook hook) {
    if (number < hooks.length && hooks[number] == hook) {
      hooks[number] = null;
    }
  }

  /** The registrations of a number, made on first use. */
  public static BelayPolls polls(int number) {
    BelayPolls[] table = polls;
    BelayPolls found = number < table.length ? table[number] : null;
    return found != null ? found : newPolls(number);
  }

  private static synchronized BelayPolls newPolls(int number) {
    if (number >= polls.length) {
      polls = Arrays.copyOf(polls, Math.max(number + 1, polls.length * 2));
    }
    if (polls[number] == null) {
      polls[number] = new BelayPolls();
    }
    return polls[number];
  }

  private static synchronized void forget(int number) {
    if (number >= 0 && number < polls.length) {
      polls[number] = null;
    }
    if (number >= 0 && number < blockingModes.length) {
      blockingModes[number] = 0;
    }
    if (!options.isEmpty()) {
      options.remove(number);
    }
  }

  /** False if sockets may have options that {@link #optionsSet} does not name. */
  public static boolean knowsAllOptions() {
    return knowsAllOptions;
  }

  /** What the application set on this number before it was guarded. */
  public static Map<SocketOption<?>, Object> optionsSet(int number) {
    return options.getOrDefault(number, Map.of());
  }

  /** An accepted socket has what was set on its listener. */
  private static void inheritOptions(int listener, int accepted) {
    Map<SocketOption<?>, Object> set = options.get(listener);
    if (set != null) {
      options.put(accepted, new ConcurrentHashMap<>(set));
    }
  }

  private static synchronized void noteBlocking(int number, boolean blocking) {
    if (number >= blockingModes.length) {
      blockingModes = Arrays.copyOf(blockingModes, Math.max(number + 1, number * 2));
    }
    blockingModes[number] = (byte) (blocking ? 1 : 2);
  }

  /** Whether the JDK believes this descriptor to be in blocking mode, as far as it was seen. */
  public static boolean isBlocking(int number) {
    byte[] table = blockingModes;
    return number >= table.length || table[number] != 2;
  }

  // The methods below have the names and descriptors of those they stand for.

  /** At the entry of the dispatcher's close and preClose. */
  public static void released(FileDescriptor fd) {
    BelayHook hook = hook(fd);
    if (hook != null) {
      hook.released(fd);
    }
    BelayEvents agent = events;
    if (agent != null) {
      agent.closing(fd);
    }
    forget(NUMBERS.get(fd));
  }

  public static int connect(FileDescriptor fd, InetAddress remote, int port) throws IOException {
    int answer = ask(fd, remote, port);
    return answer != BelayEvents.PASS ? answer : Net.connect(fd, remote, port);
  }

  public static int connect(ProtocolFamily family, FileDescriptor fd, InetAddress remote, int port)
      throws IOException {
    int answer = ask(fd, remote, port);
    return answer != BelayEvents.PASS ? answer : Net.connect(family, fd, remote, port);
  }

  public static int connect(ProtocolFamily family, FileDescriptor fd, java.net.SocketAddress remote)
      throws IOException {
    if (remote instanceof InetSocketAddress) {
      InetSocketAddress inet = (InetSocketAddress) remote;
      int answer = ask(fd, inet.getAddress(), inet.getPort());
      if (answer != BelayEvents.PASS) {
        return answer;
      }
    }
    return Net.connect(family, fd, remote);
  }

  private static int ask(FileDescriptor fd, InetAddress remote, int port) {
    BelayEvents agent = events;
    return agent == null ? BelayEvents.PASS : agent.connecting(fd, remote, port);
  }

  public static boolean pollConnectNow(FileDescriptor fd) throws IOException {
    BelayHook hook = hook(fd);
    int answer = hook == null ? BelayHook.PASS : hook.pollConnect();
    return answer == BelayHook.PASS ? Net.pollConnectNow(fd) : answer > 0;
  }

  /** Before the asynchronous channel asks the kernel how the connect went. */
  public static void beforeCheckConnect(int number) throws IOException {
    BelayHook[] table = hooks;
    BelayHook hook = number < table.length ? table[number] : null;
    if (hook != null) {
      hook.pollConnect();
    }
  }

  public static int accept(FileDescriptor fd, FileDescriptor newfd, InetSocketAddress[] from)
      throws IOException {
    BelayEvents agent = events;
    if (agent != null) {
      agent.listening(fd); // one that was there before the agent is known from its next accept on
    }
    BelayPolls listener = polls(NUMBERS.get(fd));
    listener.isAccepting = true; // one at a time: the JDK's lock
    try {
      int n;
      do {
        n = Net.accept(fd, newfd, from);
      } while (n > 0 && agent != null && isNobodys(agent, fd, newfd, from));
      return n;
    } finally {
      listener.isAccepting = false;
    }
  }

  /** Tells the agent; true when the connection is gone, as if it had never come. */
  private static boolean isNobodys(
      BelayEvents agent, FileDescriptor fd, FileDescriptor newfd, InetSocketAddress[] from) {
    forget(NUMBERS.get(newfd));
    if (!agent.expectsDoorbell()) {
      return false;
    }
    inheritOptions(NUMBERS.get(fd), NUMBERS.get(newfd));
    InetSocketAddress client = agent.accepted(fd, newfd, from[0]);
    if (client == BelayEvents.NOBODY) {
      return true;
    }
    from[0] = client != null ? client : from[0];
    return false;
  }

  /** Whether a call of accept is in progress, or the agent has not been told what it has. */
  public static boolean isAccepting(int number) {
    return polls(number).isAccepting;
  }

  /** How many of the {@code length} bytes of a write go into its next system call. */
  public static int piece(int length) {
    return Math.min(length, PIECE_BYTES);
  }

  /** The bytes that an answer stands for; an IOStatus stands for none. */
  public static int count(int answer) {
    return Math.max(answer, 0);
  }

  /** The answer of a write that had taken {@code done} bytes before it got its last answer. */
  public static int total(int done, int answer) {
    return done == 0 ? answer : done + count(answer);
  }

  public static void listen(FileDescriptor fd, int backlog) throws IOException {
    BelayEvents agent = events;
    if (agent != null) {
      agent.beforeListen(fd);
    }
    try {
      Net.listen(fd, backlog);
    } catch (IOException e) {
      if (agent != null) {
        agent.closing(fd);
      }
      throw e;
    }
    if (agent != null) {
      agent.listening(fd);
    }
  }

  public static int poll(FileDescriptor fd, int interest, long timeout) throws IOException {
    BelayHook hook = hook(fd);
    if (hook == null) {
      return Net.poll(fd, interest, timeout);
    }
    long thread = NativeThread.current();
    hook.enterPoll(thread);
    try {
      int told = hook.pollInterest(interest);
      return Net.poll(fd, told, told == interest ? timeout : briefly(timeout));
    } finally {
      hook.exitPoll(thread);
    }
  }

  /** A poll for what is held back is repeated, since the signal that ends it may come too early. */
  private static long briefly(long timeout) {
    return timeout < 0 ? HELD_POLL_MS : Math.min(timeout, HELD_POLL_MS);
  }

  public static int available(FileDescriptor fd) throws IOException {
    BelayHook hook = hook(fd);
    return hook == null ? Net.available(fd) : hook.available();
  }

  public static void shutdown(FileDescriptor fd, int how) throws IOException {
    shutdown(fd, how, false);
  }

  /** As the JDK shuts a socket's output down before it closes it. */
  public static void shutdownToClose(FileDescriptor fd, int how) throws IOException {
    shutdown(fd, how, true);
  }

  private static void shutdown(FileDescriptor fd, int how, boolean isClosing) throws IOException {
    BelayHook hook = hook(fd);
    if (hook == null || !hook.shutdown(fd, how, isClosing)) {
      Net.shutdown(fd, how);
    }
  }

  public static int sendOOB(FileDescriptor fd, byte data) throws IOException {
    if (hook(fd) != null) {
      throw new SocketException("Urgent data not supported");
    }
    return Net.sendOOB(fd, data);
  }

  public static void configureBlocking(FileDescriptor fd, boolean blocking) throws IOException {
    noteBlocking(NUMBERS.get(fd), blocking);
    BelayHook hook = hook(fd);
    if (hook == null) {
      IOUtil.configureBlocking(fd, blocking);
    } else {
      hook.configureBlocking(fd, blocking);
    }
  }

  /** Before a selector closes its epoll instance. */
  public static void epollClosed(int epfd) {
    for (BelayPolls registrations : polls) {
      if (registrations != null) {
        registrations.forget(epfd);
      }
    }
  }

  /** Instead of EPoll.ctl for the descriptors of channels. */
  public static int ctl(int epfd, int opcode, int fd, int mask) {
    return polls(fd).control(epfd, opcode, fd, mask);
  }

  public static InetSocketAddress localAddress(FileDescriptor fd) throws IOException {
    BelayHook hook = hook(fd);
    InetSocketAddress known = hook == null ? null : hook.localAddress();
    return known != null ? known : Net.localAddress(fd);
  }

  public static InetSocketAddress remoteAddress(FileDescriptor fd) throws IOException {
    BelayHook hook = hook(fd);
    InetSocketAddress known = hook == null ? null : hook.remoteAddress();
    return known != null ? known : Net.remoteAddress(fd);
  }

  public static void setSocketOption(FileDescriptor fd, SocketOption<?> name, Object value)
      throws IOException {
    Net.setSocketOption(fd, name, value);
    optionSet(fd, name, value);
  }

  public static void setSocketOption(
      FileDescriptor fd, ProtocolFamily family, SocketOption<?> name, Object value)
      throws IOException {
    Net.setSocketOption(fd, family, name, value);
    optionSet(fd, name, value);
  }

  /** Only where the JDK has it (25): by name, since the older ones lack the method. */
  public static void setIpSocketOption(
      FileDescriptor fd, ProtocolFamily family, SocketOption<?> name, Object value)
      throws IOException {
    try {
      MethodHandles.lookup()
          .findStatic(Net.class, "setIpSocketOption", IP_OPTION_SETTER)
          .invokeExact(fd, family, name, value);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    optionSet(fd, name, value);
  }

  private static void optionSet(FileDescriptor fd, SocketOption<?> name, Object value) {
    BelayHook hook = hook(fd);
    if (hook != null) {
      hook.optionSet(name, value);
    } else if (value != null) {
      Map<SocketOption<?>, Object> fresh = new ConcurrentHashMap<>();
      Map<SocketOption<?>, Object> set = options.putIfAbsent(NUMBERS.get(fd), fresh);
      (set == null ? fresh : set).put(name, value);
      VarHandle.fullFence();
      hook = hook(fd);
      if (hook != null) { // see guard
        hook.optionSet(name, value);
      }
    }
  }

  /** Before sendfile(2): such a target goes by the dispatcher. */
  public static boolean isGuarded(Object target) {
    return target instanceof SelChImpl && hook(((SelChImpl) target).getFD()) != null;
  }

  /** What the JDK's own read throws when the peer reset the connection. */
  public static IOException connectionReset() {
    return new sun.net.ConnectionResetException("Connection reset");
  }

  // ---- the end of the JVM ----

  /** In place of nothing: before {@code ApplicationShutdownHooks} starts the first hook. */
  public static void beforeHooks() {
    BelayEvents agent = events;
    if (agent != null) {
      try {
        agent.ending();
      } catch (RuntimeException | Error e) {
        return; // the hooks have to run, whatever happens to the agent
      }
    }
  }
}
