package dev.belay.agent.seam;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * One class file and the calls in it.
 *
 * @param name internal name
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record JdkClass(String name, byte[] file) {
  /** A call as it stands in a method. */
  record Call(String method, String owner, String name, String descriptor) {}

  /** As it lies in the running JDK, or null when this JDK has none. */
  static JdkClass find(String name) throws IOException {
    try (InputStream in = Object.class.getResourceAsStream("/" + name + ".class")) {
      return in == null ? null : new JdkClass(name, in.readAllBytes());
    }
  }

  /** All that the table names and this JDK has. */
  static List<JdkClass> all(CallSites sites) throws IOException {
    List<JdkClass> found = new ArrayList<>();
    for (String name : sites.wovenClasses()) {
      JdkClass one = find(name);
      if (one != null) {
        found.add(one);
      }
    }
    return found;
  }

  JdkClass with(byte[] other) {
    return new JdkClass(name, other);
  }

  List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    for (MethodNode method : node().methods) {
      addCalls(method, calls);
    }
    return calls;
  }

  List<Call> callsIn(String method) {
    return calls().stream().filter(call -> call.method().equals(method)).toList();
  }

  private static void addCalls(MethodNode method, List<Call> calls) {
    for (AbstractInsnNode each : method.instructions) {
      if (each instanceof MethodInsnNode call) {
        calls.add(new Call(method.name, call.owner, call.name, call.desc));
      }
    }
  }

  /** Names and descriptors of its methods, in order. */
  List<String> methods() {
    return node().methods.stream().map(method -> method.name + method.desc).toList();
  }

  private ClassNode node() {
    ClassNode node = new ClassNode();
    new ClassReader(file).accept(node, 0);
    return node;
  }
}
