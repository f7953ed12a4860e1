package dev.belay.agent.sim.weave;

import java.util.Map;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Replaces single calls of the product: the clock's, and the making of objects whose behaviour
 * differs from run to run (chance, and hash tables over identities).
 */
final class ProductCalls extends ClassVisitor {
  private static final String CLOCK = "dev/belay/agent/sim/jdk/VirtualClock";

  private static final Map<String, String> MADE =
      Map.of(
          "java/security/SecureRandom", "dev/belay/agent/sim/jdk/SeededRandom",
          "java/util/HashSet", "java/util/LinkedHashSet",
          "java/util/HashMap", "java/util/LinkedHashMap");

  ProductCalls(ClassVisitor next) {
    super(Opcodes.ASM9, next);
  }

  @Override
  public MethodVisitor visitMethod(
      int access, String name, String descriptor, String signature, String[] exceptions) {
    return new MethodVisitor(
        Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
      @Override
      public void visitTypeInsn(int opcode, String type) {
        super.visitTypeInsn(opcode, opcode == Opcodes.NEW ? MADE.getOrDefault(type, type) : type);
      }

      @Override
      public void visitMethodInsn(
          int opcode, String owner, String called, String calledDescriptor, boolean isInterface) {
        String of = owner;
        if (called.equals("<init>")) {
          of = MADE.getOrDefault(owner, owner);
        } else if (owner.equals("java/lang/System") && isClock(called)) {
          of = CLOCK;
        }
        super.visitMethodInsn(opcode, of, called, calledDescriptor, isInterface);
      }
    };
  }

  private static boolean isClock(String method) {
    return method.equals("nanoTime") || method.equals("currentTimeMillis");
  }
}
