package dev.belay.agent.sim.weave;

import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * A change of one line of the product, made in its byte code: one call in one method, or the whole
 * method, comes to something else.
 *
 * <p>Invariant: a bug whose place is no longer there is an error, not a product without a bug.
 */
public final class PlantedBug {
  private final String owner;
  private final String method;
  private final String called;
  private final int result;
  private final long knownSeed;

  private PlantedBug(String owner, String method, String called, int result, long knownSeed) {
    this.owner = owner;
    this.method = method;
    this.called = called;
    this.result = result;
    this.knownSeed = knownSeed;
  }

  /** The method does nothing, or always answers {@code result}. */
  public static PlantedBug method(String owner, String method, int result) {
    return new PlantedBug(owner, method, null, result, 1);
  }

  /** The first call of {@code called} in the method does nothing, or answers {@code result}. */
  public static PlantedBug call(String owner, String method, String called, int result) {
    return new PlantedBug(owner, method, called, result, 1);
  }

  /** With the seed of a schedule that found it before the product or the simulation was changed. */
  public PlantedBug foundBy(long seed) {
    return new PlantedBug(owner, method, called, result, seed);
  }

  /** Where to look first. */
  public long knownSeed() {
    return knownSeed;
  }

  /** Whether the class, by its internal name, is the one. */
  boolean isIn(String name) {
    return name.endsWith("/" + owner);
  }

  /** Passes the class on with the bug in it. */
  ClassVisitor planter(ClassVisitor next) {
    return new ClassVisitor(Opcodes.ASM9, next) {
      private boolean isPlanted;

      @Override
      public MethodVisitor visitMethod(
          int access, String name, String descriptor, String signature, String[] exceptions) {
        MethodVisitor out = super.visitMethod(access, name, descriptor, signature, exceptions);
        boolean isHere = name.equals(method) && (access & Opcodes.ACC_ABSTRACT) == 0;
        if (!isHere || isPlanted) {
          return out;
        }
        if (called != null) {
          return new CallPlanter(out, () -> isPlanted = true);
        }
        isPlanted = true;
        replaceBody(out, Type.getType(descriptor), (access & Opcodes.ACC_STATIC) != 0);
        return null;
      }

      @Override
      public void visitEnd() {
        if (!isPlanted) {
          throw new IllegalStateException("no place for " + PlantedBug.this);
        }
        super.visitEnd();
      }
    };
  }

  private void replaceBody(MethodVisitor out, Type type, boolean isStatic) {
    out.visitCode();
    out.visitLabel(new Label());
    push(out, type.getReturnType());
    out.visitInsn(type.getReturnType().getOpcode(Opcodes.IRETURN));
    out.visitMaxs(2, (type.getArgumentsAndReturnSizes() >> 2) - (isStatic ? 1 : 0));
    out.visitEnd();
  }

  private void push(MethodVisitor out, Type type) {
    switch (type.getSort()) {
      case Type.VOID -> {}
      case Type.LONG -> out.visitLdcInsn((long) result);
      case Type.OBJECT, Type.ARRAY -> out.visitInsn(Opcodes.ACONST_NULL);
      default -> out.visitLdcInsn(result);
    }
  }

  /** Takes what the call would have taken off the stack, and leaves another result. */
  private final class CallPlanter extends MethodVisitor {
    private final Runnable planted;
    private boolean isDone;

    CallPlanter(MethodVisitor next, Runnable planted) {
      super(Opcodes.ASM9, next);
      this.planted = planted;
    }

    @Override
    public void visitMethodInsn(
        int opcode, String of, String name, String descriptor, boolean isInterface) {
      if (isDone || !name.equals(called)) {
        super.visitMethodInsn(opcode, of, name, descriptor, isInterface);
        return;
      }
      isDone = true;
      planted.run();
      Type[] arguments = Type.getArgumentTypes(descriptor);
      for (int i = arguments.length - 1; i >= 0; i--) {
        super.visitInsn(arguments[i].getSize() == 2 ? Opcodes.POP2 : Opcodes.POP);
      }
      if (opcode != Opcodes.INVOKESTATIC) {
        super.visitInsn(Opcodes.POP);
      }
      push(mv, Type.getReturnType(descriptor));
    }
  }

  @Override
  public String toString() {
    String place = owner + "." + method;
    return called == null ? place + " = " + result : place + ": " + called + " = " + result;
  }
}
