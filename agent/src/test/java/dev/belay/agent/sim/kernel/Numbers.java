package dev.belay.agent.sim.kernel;

import java.io.FileDescriptor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The number in a FileDescriptor. Instances stand in for the JDK's access to it. */
public final class Numbers {
  private static final VarHandle NUMBER = find();

  private static VarHandle find() {
    try {
      return MethodHandles.privateLookupIn(FileDescriptor.class, MethodHandles.lookup())
          .findVarHandle(FileDescriptor.class, "fd", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Numbers() {}

  public static int of(FileDescriptor fd) {
    return (int) NUMBER.get(fd);
  }

  static void set(FileDescriptor fd, int number) {
    NUMBER.set(fd, number);
  }

  static FileDescriptor descriptor(int number) {
    FileDescriptor fd = new FileDescriptor();
    set(fd, number);
    return fd;
  }
}
