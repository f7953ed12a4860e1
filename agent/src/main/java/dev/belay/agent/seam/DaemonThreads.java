package dev.belay.agent.seam;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Makes daemons of the threads of our own Hazelcast, which insists on threads that keep the JVM
 * alive: the application's JVM ends when the application does. Weaves one class of the agent's own
 * loader, none of the application's. Any thread.
 */
public final class DaemonThreads implements ClassFileTransformer {

  /** Where Hazelcast makes all threads that are not daemons as their makers are. */
  static final String FACTORY =
      "com/hazelcast/internal/util/executor/AbstractExecutorThreadFactory";

  private final ClassLoader loader;

  /**
   * @param loader the agent's
   */
  public DaemonThreads(ClassLoader loader) {
    this.loader = loader;
  }

  @Override
  public byte[] transform(
      ClassLoader of, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
    return of == loader && FACTORY.equals(name) ? woven(bytes) : null;
  }

  private static byte[] woven(byte[] bytes) {
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return new AlwaysDaemon(
                super.visitMethod(access, name, descriptor, signature, exceptions));
          }
        },
        0);
    return writer.toByteArray();
  }

  /** {@code setDaemon(anything)} becomes {@code setDaemon(true)}. */
  private static final class AlwaysDaemon extends MethodVisitor {

    AlwaysDaemon(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      if (owner.equals("java/lang/Thread") && name.equals("setDaemon")) {
        super.visitInsn(Opcodes.POP);
        super.visitInsn(Opcodes.ICONST_1);
      }
      super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
    }
  }
}
