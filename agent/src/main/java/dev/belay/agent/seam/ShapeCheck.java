package dev.belay.agent.seam;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks before anything is woven that this JDK's classes make the calls that are to be redirected,
 * by weaving the class files as they lie in the JDK and looking at what was met.
 *
 * <p>Invariant: has no effect on the JVM but the reading of class files. Run on demand ({@code
 * check}); at run time the weaver itself checks each class when it is loaded, which costs nothing.
 */
final class ShapeCheck {
  /** Where class files come from. */
  interface ClassFiles {
    /** The class file of that internal name, or null. */
    InputStream open(String name);
  }

  private final CallSites sites;
  private final Weaver weaver;
  private final ClassFiles files;

  ShapeCheck(CallSites sites, Weaver weaver, ClassFiles files) {
    this.sites = sites;
    this.weaver = weaver;
    this.files = files;
  }

  static InputStream ofRunningJdk(String name) {
    return Object.class.getResourceAsStream("/" + name + ".class");
  }

  void addProblemsTo(List<String> problems) {
    Set<String> closing = new HashSet<>();
    for (String name : sites.wovenClasses()) {
      check(name, closing, problems);
    }
    if (!closing.contains("close")) {
      problems.add("sun.nio.ch dispatcher: no method close(FileDescriptor)");
    }
    if (!closing.contains("preClose") && !closing.contains("implPreClose")) {
      problems.add("sun.nio.ch dispatcher: no method preClose(FileDescriptor, ...)");
    }
  }

  private void check(String name, Set<String> closing, List<String> problems) {
    try (InputStream in = files.open(name)) {
      if (in == null) {
        if (!sites.isOptional(name)) {
          problems.add("class " + name.replace('/', '.') + " is missing");
        }
        return;
      }
      Set<String> met = new HashSet<>();
      weaver.weave(name, in.readAllBytes(), met);
      closing.addAll(met);
      addMissing(name, met, problems);
    } catch (IOException | RuntimeException e) {
      problems.add("class " + name.replace('/', '.') + ": " + e.getMessage());
    }
  }

  private void addMissing(String name, Set<String> met, List<String> problems) {
    Set<String> missing = new TreeSet<>(sites.required(name));
    missing.removeAll(met);
    for (String call : missing) {
      problems.add("class " + name.replace('/', '.') + " does not call " + call + " as expected");
    }
  }
}
