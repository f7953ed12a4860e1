package dev.belay.agent;

import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.replay.Rehearsal;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.session.Session;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/**
 * Makes a server ready for its first takeover, beside the application and after its start: a JVM
 * that has just been started would need 50 ms for the classes of one, and as long again for their
 * first calls, while a client waits.
 *
 * <p>Invariant: nothing depends on it; what goes wrong is one line in the debug log. A thread of
 * its own, which ends.
 */
final class Readiness implements Runnable {
  private static final Pattern NEEDED =
      Pattern.compile(
          "inst/(dev/belay/agent/(?:session|wire|descriptor|control|door|replay)/\\w[\\w$]*)"
              + "\\.classdata");

  /** Of the JDK: what an accepted channel is made of, which is woven when it is loaded. */
  private static final List<String> NEEDED_OF_JDK =
      List.of("sun.nio.ch.SocketChannelImpl", "sun.nio.ch.SocketAdaptor");

  /**
   * One makes the first takeover possible at once; the others are what the compiler needs to see
   * until it makes its best of the code, in short pieces that leave the processor to others.
   */
  private static final int REHEARSALS = 8;

  private static final long PAUSE_MS = 100;

  private final EventLoop loop;
  private final Session.Environment environment;

  private Readiness(EventLoop loop, Session.Environment environment) {
    this.loop = loop;
    this.environment = environment;
  }

  static void prepare(EventLoop loop, Session.Environment environment) {
    Readiness readiness = new Readiness(loop, environment);
    Thread thread = new Thread(null, readiness, "belay-ready", 0, false);
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    thread.setContextClassLoader(Readiness.class.getClassLoader());
    thread.start();
  }

  @Override
  public void run() {
    try {
      loadClasses();
      for (int i = 0; i < REHEARSALS; i++) {
        if (!new Rehearsal(loop, environment).run()) {
          AgentLog.debug("rehearsal of a takeover: did not come to its end");
          return;
        }
        Thread.sleep(PAUSE_MS);
      }
    } catch (IOException | URISyntaxException | ReflectiveOperationException | LinkageError e) {
      AgentLog.debug("rehearsal of a takeover: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All classes that a takeover may need, and some more. */
  private static void loadClasses()
      throws IOException, URISyntaxException, ReflectiveOperationException {
    var source = Readiness.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      return; // not out of the agent's jar
    }
    for (String name : NEEDED_OF_JDK) {
      Class.forName(name, true, null);
    }
    File file = new File(source.getLocation().toURI());
    try (JarFile jar = new JarFile(file, /* verify= */ false, ZipFile.OPEN_READ)) {
      Enumeration<JarEntry> entries = jar.entries();
      while (entries.hasMoreElements()) {
        var needed = NEEDED.matcher(entries.nextElement().getName());
        if (needed.matches()) {
          String name = needed.group(1).replace('/', '.');
          Class.forName(name, true, Readiness.class.getClassLoader());
        }
      }
    }
  }
}
