package dev.belay.agent.seam;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Rewrites the bodies of the JDK's socket classes so that their system calls pass the seam. Only
 * method bodies change, so that premain and attach use the same code.
 *
 * <p>Invariant: a class that {@link CallSites} does not list is never touched. Called by the JVM on
 * any thread; has no state of its own but what {@link #woven()} reports.
 */
final class Weaver implements ClassFileTransformer {
  private static final String DISPATCHER = CallSites.PACKAGE + "SocketDispatcher";
  private static final String UNIX_DISPATCHER = CallSites.PACKAGE + "UnixDispatcher";
  private static final String RUN_HOOKS = "runHooks";
  private static final String FILE_CHANNEL = CallSites.PACKAGE + "FileChannelImpl";

  private final CallSites sites;
  private final java.util.function.Consumer<String> onFailure;
  private volatile String failure;

  /**
   * @param onFailure told in one line when a class has not the shape that is expected; the agent
   *     then stands aside
   */
  Weaver(CallSites sites, java.util.function.Consumer<String> onFailure) {
    this.sites = sites;
    this.onFailure = onFailure;
  }

  /** Why a class could not be woven, or null. */
  String failure() {
    return failure;
  }

  @Override
  public byte[] transform(
      ClassLoader loader,
      String name,
      Class<?> redefined,
      ProtectionDomain domain,
      byte[] classFile) {
    if (loader != null || name == null || !sites.isWoven(name)) {
      return null;
    }
    try {
      Set<String> met = new HashSet<>();
      byte[] woven = weave(name, classFile, met);
      Set<String> missing = sites.required(name);
      missing.removeAll(met);
      if (missing.isEmpty()) {
        return woven;
      }
      fail("class " + name.replace('/', '.') + " does not call " + missing + " as expected");
    } catch (Throwable e) { // the JVM would swallow it; the application must run on unwoven
      fail("class " + name.replace('/', '.') + ": " + e);
    }
    return null;
  }

  private void fail(String reason) {
    failure = reason;
    onFailure.accept(reason);
  }

  /**
   * The woven class file.
   *
   * @param called collects owner.name of every redirected call and every rewritten method
   */
  byte[] weave(String name, byte[] classFile, Set<String> called) {
    ClassReader reader = new ClassReader(classFile);
    boolean rewritesBodies = name.equals(DISPATCHER);
    ClassWriter writer = new PlainWriter(reader, rewritesBodies ? ClassWriter.COMPUTE_FRAMES : 0);
    reader.accept(new WeavingVisitor(name, reader, writer, called), 0);
    return writer.toByteArray();
  }

  /**
   * Frames without loading classes: the merged types of woven methods are never looked at. Takes
   * what nobody visits from the reader as it is.
   */
  private static final class PlainWriter extends ClassWriter {
    PlainWriter(ClassReader reader, int flags) {
      super(reader, flags);
    }

    @Override
    protected String getCommonSuperClass(String one, String other) {
      return "java/lang/Object";
    }
  }

  private final class WeavingVisitor extends ClassVisitor {
    private final String owner;
    private final Set<String> calling;
    private final Set<String> called;

    WeavingVisitor(String owner, ClassReader file, ClassVisitor next, Set<String> called) {
      super(Opcodes.ASM9, next);
      this.owner = owner;
      this.calling = CallingMethods.of(file, sites.names());
      this.called = called;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
      if ((access & (Opcodes.ACC_NATIVE | Opcodes.ACC_ABSTRACT)) != 0) {
        return next;
      }
      if (owner.equals(DISPATCHER) && DispatcherMethod.of(name, descriptor) != null) {
        called.add(name);
        return new DispatcherMethod(next, DispatcherMethod.of(name, descriptor));
      }
      if (isClosing(name, descriptor)) {
        called.add(name);
        return new ClosingMethod(next);
      }
      if (owner.equals(CallSites.HOOKS)) {
        return name.equals(RUN_HOOKS) ? new HooksMethod(next) : next;
      }
      if (owner.equals(FILE_CHANNEL) && isDirectTransfer(name)) {
        called.add("transferToDirect");
        return new TransferMethod(next);
      }
      return calling.contains(name + descriptor)
          ? new RedirectingMethod(next, owner, name, called)
          : next;
    }

    private boolean isClosing(String name, String descriptor) {
      if (owner.equals(DISPATCHER) || owner.equals(UNIX_DISPATCHER)) {
        boolean closes = name.equals("close") || name.equals("preClose");
        return (closes || name.equals("implPreClose"))
            && descriptor.startsWith("(Ljava/io/FileDescriptor;")
            && descriptor.endsWith(")V");
      }
      return false;
    }

    private boolean isDirectTransfer(String name) {
      return name.equals("transferToDirectly") || name.equals("transferToDirect");
    }
  }

  private final class RedirectingMethod extends MethodVisitor {
    private final String type;
    private final String method;
    private final Set<String> called;

    RedirectingMethod(MethodVisitor next, String type, String method, Set<String> called) {
      super(Opcodes.ASM9, next);
      this.type = type;
      this.method = method;
      this.called = called;
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      if (opcode != Opcodes.INVOKESTATIC) {
        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
      } else if (sites.isRedirected(type, method, owner, name, descriptor)) {
        called.add(owner.substring(CallSites.PACKAGE.length()) + "." + name);
        super.visitMethodInsn(
            opcode, CallSites.SEAM, sites.target(method, name), descriptor, false);
      } else {
        if (name.equals(CallSites.CHECK_CONNECT) && descriptor.equals("(I)V")) {
          called.add(name);
          super.visitInsn(Opcodes.DUP);
          super.visitMethodInsn(opcode, CallSites.SEAM, "beforeCheckConnect", descriptor, false);
        }
        if (name.equals(CallSites.CLOSE_INT) && method.equals("implClose")) {
          called.add(name);
          super.visitInsn(Opcodes.DUP);
          super.visitMethodInsn(opcode, CallSites.SEAM, "epollClosed", "(I)V", false);
        }
        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
      }
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      super.visitMaxs(maxStack + 1, maxLocals);
    }
  }

  /** {@code BelaySeam.released(fd)} before the descriptor is closed or put aside. */
  private static final class ClosingMethod extends MethodVisitor {
    ClosingMethod(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitCode() {
      super.visitCode();
      super.visitVarInsn(Opcodes.ALOAD, 1);
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC, CallSites.SEAM, "released", "(Ljava/io/FileDescriptor;)V", false);
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      super.visitMaxs(Math.max(maxStack, 1), maxLocals);
    }
  }

  /** {@code BelaySeam.beforeHooks()} before the application's shutdown hooks are started. */
  private static final class HooksMethod extends MethodVisitor {
    HooksMethod(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitCode() {
      super.visitCode();
      super.visitMethodInsn(Opcodes.INVOKESTATIC, CallSites.SEAM, "beforeHooks", "()V", false);
    }
  }

  /** {@code if (BelaySeam.isGuarded(target)) return UNSUPPORTED_CASE;} before sendfile(2). */
  private static final class TransferMethod extends MethodVisitor {
    private static final int TARGET = 4; // this, long position, int count, target
    private static final int UNSUPPORTED_CASE = -6; // sun.nio.ch.IOStatus

    TransferMethod(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitCode() {
      super.visitCode();
      Label direct = new Label();
      super.visitVarInsn(Opcodes.ALOAD, TARGET);
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC, CallSites.SEAM, "isGuarded", "(Ljava/lang/Object;)Z", false);
      super.visitJumpInsn(Opcodes.IFEQ, direct);
      super.visitLdcInsn((long) UNSUPPORTED_CASE);
      super.visitInsn(Opcodes.LRETURN);
      super.visitLabel(direct);
      super.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      super.visitMaxs(Math.max(maxStack, 2), maxLocals);
    }
  }
}
