package dev.belay.agent.takeover;

import dev.belay.agent.report.AgentLog;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Addresses of the configured hosts. A name server is asked on a thread of its own, which ends with
 * the answer; only an application's thread that connects may have to wait for the first one.
 *
 * <p>Invariant: at most one question per host at a time. Any thread.
 */
final class HostNames {
  /** How long an answer is believed; older ones serve until the next is there. */
  private static final long BELIEVED_NS = 30_000_000_000L;

  private static final InetAddress[] NONE = {};

  /** Asks for the addresses of a host; may take long. */
  interface Resolver {
    InetAddress[] addressesOf(String host) throws UnknownHostException;
  }

  private record Answer(InetAddress[] addresses, long untilNs) {}

  private final Resolver resolver;
  private final Runnable onChange;
  private final Consumer<Runnable> threads;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Set<String> asking = ConcurrentHashMap.newKeySet();

  /**
   * @param onChange called when more, or something else, is known of a host; by the thread that
   *     asked
   */
  HostNames(Resolver resolver, Runnable onChange) {
    this(resolver, onChange, HostNames::start);
  }

  /**
   * @param threads runs each question in a thread of its own
   */
  HostNames(Resolver resolver, Runnable onChange, Consumer<Runnable> threads) {
    this.resolver = resolver;
    this.onChange = onChange;
    this.threads = threads;
  }

  private static void start(Runnable question) {
    Thread thread = new Thread(null, question, "belay-names", 0, false);
    thread.setDaemon(true);
    thread.start();
  }

  /** An address as such: to resolve it asks nobody. */
  private static boolean isLiteral(String host) {
    boolean isAddress = true;
    for (int i = 0; i < host.length(); i++) {
      isAddress &= host.charAt(i) == '.' || Character.isDigit(host.charAt(i));
    }
    return isAddress || host.indexOf(':') >= 0;
  }

  /** Its addresses; none when it has none. Waits for the first answer. */
  InetAddress[] addressesOf(String host) {
    if (!answers.containsKey(host)) {
      ask(host);
    }
    return known(host);
  }

  /** Its addresses as far as they are known by now; the others are asked for. Never waits. */
  InetAddress[] known(String host) {
    if (isLiteral(host) && !answers.containsKey(host)) {
      ask(host);
    }
    Answer answer = answers.get(host);
    boolean isFresh = answer != null && System.nanoTime() - answer.untilNs() < 0;
    if (!isFresh && asking.add(host)) {
      askAside(host);
    }
    return answer == null ? NONE : answer.addresses();
  }

  private void askAside(String host) {
    try {
      threads.accept(() -> askAndForget(host));
    } catch (OutOfMemoryError e) { // no thread: that of the next question may begin
      asking.remove(host);
      AgentLog.warnOnce("names", "belay.connect: no thread to ask for " + host + ": " + e);
    }
  }

  /** True while no name server has said anything of it, be it that it does not exist. */
  boolean isUnanswered(String host) {
    return !answers.containsKey(host);
  }

  private void askAndForget(String host) {
    try {
      ask(host);
    } finally {
      asking.remove(host);
    }
  }

  private void ask(String host) {
    Answer former = answers.get(host);
    InetAddress[] addresses;
    try {
      addresses = resolver.addressesOf(host);
    } catch (UnknownHostException e) {
      AgentLog.warnOnce("name." + host, "belay.connect: host " + host + " cannot be resolved");
      addresses = former == null ? NONE : former.addresses();
    }
    long believedNs = isLiteral(host) ? Long.MAX_VALUE / 2 : BELIEVED_NS;
    answers.put(host, new Answer(addresses, System.nanoTime() + believedNs));
    if (former == null || !Arrays.equals(addresses, former.addresses())) {
      onChange.run();
    }
  }
}
