package dev.belay.it.rig;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All that one test has started: child JVMs and what lies between them.
 *
 * <p>Whatever was made through it is gone after {@link #close}. Used by one test thread.
 */
public final class Rig implements AutoCloseable {
  private final List<Jvm> jvms = new ArrayList<>();
  private final List<AutoCloseable> others = new ArrayList<>();

  /** A child JVM to be; the name is for the reader of a failure. */
  public Launch jvm(String name, Jdk jdk) {
    return new Launch(name, jdk, jvms::add);
  }

  /** A breakable way to a port of 127.0.0.1. */
  public LinkBreaker breaker(int targetPort) {
    return closing(LinkBreaker.inFrontOf(targetPort));
  }

  /** The same at the target's own port number, on 127.0.0.2. */
  public LinkBreaker breakerBeside(int targetPort) {
    return closing(LinkBreaker.beside(targetPort));
  }

  /** Sees to it that this is closed with the rig. */
  public <T extends AutoCloseable> T closing(T resource) {
    others.add(resource);
    return resource;
  }

  /** What all children printed, for an assertion's message. */
  public String transcripts() {
    StringBuilder text = new StringBuilder();
    for (Jvm jvm : jvms) {
      text.append(jvm.transcript().dump());
    }
    return text.toString();
  }

  @Override
  public void close() {
    Collections.reverse(jvms);
    for (Jvm jvm : jvms) {
      jvm.close();
    }
    for (AutoCloseable other : others) {
      Link.closeQuietly(other);
    }
  }
}
