package dev.belay.agent.launch;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.security.CodeSource;
import java.util.function.Function;

/**
 * Where the JVM enters the agent. Loads the rest and delegates to it: whatever goes wrong there is
 * one line on stderr, and the application runs as if the agent were not here.
 *
 * <p>Everything here is paid for by the start of every application, and runs before its first
 * class: no lambdas, no logging, no libraries.
 */
public final class Launcher {

  /**
   * The outcome of the last dynamic attach, one line, as a system property of the JVM attached to:
   * the only answer that the attaching process can read.
   */
  public static final String ATTACHED_PROPERTY = "dev.belay.attached";

  /** What {@link #ATTACHED_PROPERTY} begins with when the agent runs; the summary follows. */
  public static final String STARTED = "started: ";

  /** The argument of an attach that asks the agent to move all sessions to other servers. */
  public static final String DRAIN = "drain";

  private static final String BOOTSTRAP = "dev.belay.agent.Bootstrap";
  private static final String COMMANDS = "dev.belay.agent.command.Commands";

  /** One agent per JVM; the class path's loader has one Launcher, however often it is started. */
  // Guarded by the class. Not an AtomicBoolean: its VarHandle alone costs 3 ms of start-up on 25.
  private static boolean claimed;

  /** The agent's own, once it has started. */
  private static volatile Function<Object[], String> running;

  private Launcher() {}

  /** Called by the JVM for {@code -javaagent}. */
  public static void premain(String argument, Instrumentation instrumentation) {
    start(argument, instrumentation, false);
  }

  /** Called by the JVM for a dynamic attach. */
  public static void agentmain(String argument, Instrumentation instrumentation) {
    boolean isWord = DRAIN.equals(argument);
    String outcome = isWord ? tell(argument) : start(argument, instrumentation, true);
    System.setProperty(ATTACHED_PROPERTY, outcome);
  }

  /** Tells the agent that runs; the answer is what it says. */
  private static String tell(String word) {
    Function<Object[], String> agent = running;
    if (agent == null) {
      return "the agent does not run in this JVM";
    }
    try {
      return STARTED + agent.apply(new Object[] {word});
    } catch (Throwable e) {
      return reason(e);
    }
  }

  /** Starts the agent; the answer is what became of it, in one line. */
  private static String start(String argument, Instrumentation instrumentation, boolean attached) {
    if (!claim(true)) {
      return said("was started before in this JVM; this second start changes nothing");
    }
    try {
      File jar = agentJar();
      ClassLoader loader = new AgentClassLoader(jar, ClassLoader.getPlatformClassLoader());
      Class<?> bootstrap = Class.forName(BOOTSTRAP, true, loader);
      Object[] arguments = {argument, instrumentation, attached, jar};
      return STARTED + apply(bootstrap, arguments);
    } catch (Throwable e) {
      claim(false);
      return said("cannot start: " + reason(e) + "; the application runs unprotected");
    }
  }

  private static synchronized boolean claim(boolean wanted) {
    boolean changed = claimed != wanted;
    claimed = wanted;
    return changed;
  }

  private static String said(String outcome) {
    System.err.println("belay: " + outcome);
    return outcome;
  }

  /**
   * An interface of the JDK, since it costs 16 ms less on JDK 25 than the reflection of a method.
   */
  @SuppressWarnings("unchecked")
  private static String apply(Class<?> bootstrap, Object[] arguments)
      throws ReflectiveOperationException {
    Object made = bootstrap.getConstructor().newInstance();
    Function<Object[], String> function = (Function<Object[], String>) made;
    String summary = function.apply(arguments);
    running = function;
    return summary;
  }

  /** An IllegalStateException carries a sentence for the operator; of others the type matters. */
  private static String reason(Throwable e) {
    Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
    boolean isSentence = cause.getClass() == IllegalStateException.class;
    String text = isSentence ? cause.getMessage() : cause.toString();
    return String.valueOf(text).replace('\n', ' ').replace('\r', ' ');
  }

  /** Called for {@code java -jar}; its class path is the agent's jar alone. */
  public static void main(String[] arguments) throws Exception {
    File jar = agentJar();
    ClassLoader loader = new AgentClassLoader(jar, ClassLoader.getSystemClassLoader());
    Object status =
        Class.forName(COMMANDS, true, loader)
            .getMethod("run", String[].class, File.class)
            .invoke(null, arguments, jar);
    System.exit((Integer) status);
  }

  private static File agentJar() throws URISyntaxException {
    CodeSource source = Launcher.class.getProtectionDomain().getCodeSource();
    return new File(source.getLocation().toURI());
  }
}
