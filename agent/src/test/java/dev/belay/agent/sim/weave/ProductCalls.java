package dev.belay.agent.sim.weave;

import java.util.Map;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Replaces single calls of the product: the clock's, and the making of objects whose behaviour
 * differs from run to run (chance, and hash tables over identities).
 */
final class ProductCalls extends ClassVisitor {
  private static final String CLOCK = "dev/belay/agent/sim/jdk/VirtualClock";

  private static final String PATIENCE = "dev/belay/agent/sim/jdk/Patience";

  private static final String WITH_FUTURE =
      "(Ljava/util/concurrent/CompletableFuture;Ljava/lang/Object;JLjava/util/concurrent/TimeUnit;)"
          + "Ljava/util/concurrent/CompletableFuture;";

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

      /** {@code System::nanoTime}. */
      @Override
      public void visitInvokeDynamicInsn(
          String name, String descriptor, Handle bootstrap, Object... arguments) {
        Object[] replaced = arguments.clone();
        for (int i = 0; i < replaced.length; i++) {
          if (replaced[i] instanceof Handle handle
              && handle.getOwner().equals("java/lang/System")
              && isClock(handle.getName())) {
            replaced[i] =
                new Handle(handle.getTag(), CLOCK, handle.getName(), handle.getDesc(), false);
          }
        }
        super.visitInvokeDynamicInsn(name, descriptor, bootstrap, replaced);
      }

      @Override
      public void visitMethodInsn(
          int opcode, String owner, String called, String calledDescriptor, boolean isInterface) {
        if (called.equals("completeOnTimeout")) {
          super.visitMethodInsn(Opcodes.INVOKESTATIC, PATIENCE, called, WITH_FUTURE, false);
          return;
        }
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
