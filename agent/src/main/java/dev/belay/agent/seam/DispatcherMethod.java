package dev.belay.agent.seam;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Puts the hook around the one native call of a dispatcher method (read, readv, write, writev):
 *
 * <pre>
 * hook = BelaySeam.hook(fd);
 * if (hook == null) return native(fd, address, length);
 * do {
 *   answer = hook.begin();
 *   if (answer != GO) return answer;
 *   try { answer = hook.end(address, [length,] native(fd, address, length)); }
 *   catch (IOException e) { answer = hook.failed(e); }
 * } while (answer == RETRY);
 * return answer;
 * </pre>
 *
 * and a plain write (not a gathering one) in pieces:
 *
 * <pre>
 * done = 0;
 * do {
 *   answer = as above, with native(fd, address, BelaySeam.piece(length));
 *   isUnfinished = hook.goesOn(done, answer, length);
 *   if (isUnfinished) { n = BelaySeam.count(answer); done += n; address += n; length -= n; }
 * } while (isUnfinished);
 * return BelaySeam.total(done, answer);
 * </pre>
 *
 * <p>Invariant: all but the native call of the original body is dropped, and there is exactly one
 * (checked). Single use, one thread.
 */
final class DispatcherMethod extends MethodVisitor {
  /** The four methods: JDK name, what the hook calls begin, end and failed, and the result type. */
  enum Shape {
    READ("read", "beginRead", "endRead", "readFailed", false),
    READ_VECTOR("readv", "beginRead", "endReadVector", "readFailed", true),
    WRITE("write", "beginWrite", "endWrite", "writeFailed", false),
    WRITE_VECTOR("writev", "beginWrite", "endWriteVector", "writeFailed", true);

    final String method;
    final String begin;
    final String end;
    final String failed;
    final boolean isVector;

    Shape(String method, String begin, String end, String failed, boolean isVector) {
      this.method = method;
      this.begin = begin;
      this.end = end;
      this.failed = failed;
      this.isVector = isVector;
    }

    String descriptor() {
      return "(Ljava/io/FileDescriptor;JI)" + (isVector ? "J" : "I");
    }
  }

  private static final int DESCRIPTOR = 1;
  private static final int ADDRESS = 2;
  private static final int LENGTH = 4;
  private static final int HOOK = 5;
  private static final int ANSWER = 6;
  private static final int CAUGHT = 8;
  private static final int DONE = 9;

  private final MethodVisitor next;
  private final Shape shape;
  private final Label again = new Label();
  private final Label attempt = new Label();
  private final Label attempted = new Label();
  private final Label caught = new Label();
  private final Label check = new Label();
  private final Label answered = new Label();
  private final Label done = new Label();
  private String nativeOwner;
  private String nativeName;

  DispatcherMethod(MethodVisitor next, Shape shape) {
    super(Opcodes.ASM9);
    this.next = next;
    this.shape = shape;
  }

  static Shape of(String name, String descriptor) {
    for (Shape shape : Shape.values()) {
      if (shape.method.equals(name) && shape.descriptor().equals(descriptor)) {
        return shape;
      }
    }
    return null;
  }

  @Override
  public void visitMethodInsn(
      int opcode, String owner, String name, String descriptor, boolean isInterface) {
    boolean isNative = opcode == Opcodes.INVOKESTATIC && descriptor.equals(shape.descriptor());
    if (!isNative || nativeName != null) {
      throw new IllegalStateException("unexpected call in " + shape.method + ": " + name);
    }
    nativeOwner = owner;
    nativeName = name;
  }

  @Override
  public void visitEnd() {
    if (nativeName == null) {
      throw new IllegalStateException("no native call in " + shape.method);
    }
    next.visitCode();
    next.visitTryCatchBlock(attempt, attempted, caught, "java/io/IOException");
    lookUp();
    begin();
    nativeCall();
    failed();
    finish();
    next.visitMaxs(0, 0);
    next.visitEnd();
  }

  private boolean isInPieces() {
    return shape == Shape.WRITE;
  }

  private void lookUp() {
    if (isInPieces()) {
      next.visitInsn(Opcodes.ICONST_0);
      next.visitVarInsn(Opcodes.ISTORE, DONE);
    }
    next.visitVarInsn(Opcodes.ALOAD, DESCRIPTOR);
    next.visitMethodInsn(
        Opcodes.INVOKESTATIC,
        CallSites.SEAM,
        "hook",
        "(Ljava/io/FileDescriptor;)L" + CallSites.HOOK + ";",
        false);
    next.visitVarInsn(Opcodes.ASTORE, HOOK);
    next.visitVarInsn(Opcodes.ALOAD, HOOK);
    next.visitJumpInsn(Opcodes.IFNONNULL, again);
    callNative(false);
    next.visitInsn(shape.isVector ? Opcodes.LRETURN : Opcodes.IRETURN);
  }

  private void begin() {
    next.visitLabel(again);
    next.visitVarInsn(Opcodes.ALOAD, HOOK);
    callHook(shape.begin, "()I");
    if (shape.isVector) {
      next.visitInsn(Opcodes.I2L);
    }
    storeAnswer();
    loadAnswer();
    if (shape.isVector) {
      next.visitInsn(Opcodes.L2I);
    }
    next.visitJumpInsn(Opcodes.IFNE, answered);
  }

  private void nativeCall() {
    next.visitLabel(attempt);
    callNative(isInPieces());
    storeAnswer();
    next.visitLabel(attempted);
    next.visitVarInsn(Opcodes.ALOAD, HOOK);
    next.visitVarInsn(Opcodes.LLOAD, ADDRESS);
    if (shape.isVector) {
      next.visitVarInsn(Opcodes.ILOAD, LENGTH);
    }
    loadAnswer();
    callHook(shape.end, shape.isVector ? "(JIJ)J" : "(JI)I");
    storeAnswer();
    next.visitJumpInsn(Opcodes.GOTO, check);
  }

  private void failed() {
    next.visitLabel(caught);
    next.visitVarInsn(Opcodes.ASTORE, CAUGHT);
    next.visitVarInsn(Opcodes.ALOAD, HOOK);
    next.visitVarInsn(Opcodes.ALOAD, CAUGHT);
    callHook(shape.failed, "(Ljava/io/IOException;)I");
    if (shape.isVector) {
      next.visitInsn(Opcodes.I2L);
    }
    storeAnswer();
  }

  private void finish() {
    next.visitLabel(check);
    loadAnswer();
    if (shape.isVector) {
      next.visitLdcInsn((long) Integer.MIN_VALUE);
      next.visitInsn(Opcodes.LCMP);
      next.visitJumpInsn(Opcodes.IFEQ, again);
    } else {
      next.visitLdcInsn(Integer.MIN_VALUE);
      next.visitJumpInsn(Opcodes.IF_ICMPEQ, again);
    }
    next.visitLabel(answered);
    if (isInPieces()) {
      goOn();
      next.visitLabel(done);
      next.visitVarInsn(Opcodes.ILOAD, DONE);
      loadAnswer();
      callSeam("total", "(II)I");
    } else {
      loadAnswer();
    }
    next.visitInsn(shape.isVector ? Opcodes.LRETURN : Opcodes.IRETURN);
  }

  private void goOn() {
    next.visitVarInsn(Opcodes.ALOAD, HOOK);
    next.visitVarInsn(Opcodes.ILOAD, DONE);
    loadAnswer();
    next.visitVarInsn(Opcodes.ILOAD, LENGTH);
    callHook("goesOn", "(III)Z");
    next.visitJumpInsn(Opcodes.IFEQ, done);
    loadCount();
    next.visitVarInsn(Opcodes.ILOAD, DONE);
    next.visitInsn(Opcodes.IADD);
    next.visitVarInsn(Opcodes.ISTORE, DONE);
    next.visitVarInsn(Opcodes.LLOAD, ADDRESS);
    loadCount();
    next.visitInsn(Opcodes.I2L);
    next.visitInsn(Opcodes.LADD);
    next.visitVarInsn(Opcodes.LSTORE, ADDRESS);
    next.visitVarInsn(Opcodes.ILOAD, LENGTH);
    loadCount();
    next.visitInsn(Opcodes.ISUB);
    next.visitVarInsn(Opcodes.ISTORE, LENGTH);
    next.visitJumpInsn(Opcodes.GOTO, again);
  }

  /** What the last piece came to, without an IOStatus. */
  private void loadCount() {
    loadAnswer();
    callSeam("count", "(I)I");
  }

  private void callNative(boolean cut) {
    next.visitVarInsn(Opcodes.ALOAD, DESCRIPTOR);
    next.visitVarInsn(Opcodes.LLOAD, ADDRESS);
    next.visitVarInsn(Opcodes.ILOAD, LENGTH);
    if (cut) {
      callSeam("piece", "(I)I");
    }
    next.visitMethodInsn(Opcodes.INVOKESTATIC, nativeOwner, nativeName, shape.descriptor(), false);
  }

  private void callSeam(String name, String descriptor) {
    next.visitMethodInsn(Opcodes.INVOKESTATIC, CallSites.SEAM, name, descriptor, false);
  }

  private void callHook(String name, String descriptor) {
    next.visitMethodInsn(Opcodes.INVOKEVIRTUAL, CallSites.HOOK, name, descriptor, false);
  }

  private void storeAnswer() {
    next.visitVarInsn(shape.isVector ? Opcodes.LSTORE : Opcodes.ISTORE, ANSWER);
  }

  private void loadAnswer() {
    next.visitVarInsn(shape.isVector ? Opcodes.LLOAD : Opcodes.ILOAD, ANSWER);
  }
}
