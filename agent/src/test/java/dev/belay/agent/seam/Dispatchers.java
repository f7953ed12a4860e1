package dev.belay.agent.seam;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;

/** Classes with the methods of a dispatcher, right and wrong, to be woven as one. */
final class Dispatchers {
  private Dispatchers() {}

  static byte[] file(Class<?> type) throws IOException {
    String name = "/" + type.getName().replace('.', '/') + ".class";
    try (InputStream in = type.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  /** Does more than its native call. */
  static class Talkative {
    int write(FileDescriptor fd, long address, int length) {
      System.nanoTime();
      return write0(fd, address, length);
    }

    private static int write0(FileDescriptor fd, long address, int length) {
      return length;
    }
  }

  /** Calls nothing. */
  static class Idle {
    int write(FileDescriptor fd, long address, int length) {
      return length;
    }
  }

  /** As the JDK's, above a kernel that answers what the test wants. */
  public static class Scripted {
    /** As the JDK's. */
    public int read(FileDescriptor fd, long address, int length) throws IOException {
      return ScriptedKernel.read(fd, address, length);
    }

    /** As the JDK's. */
    public long readv(FileDescriptor fd, long address, int length) throws IOException {
      return ScriptedKernel.readv(fd, address, length);
    }

    /** As the JDK's. */
    public int write(FileDescriptor fd, long address, int length) throws IOException {
      return ScriptedKernel.write(fd, address, length);
    }

    /** As the JDK's. */
    public long writev(FileDescriptor fd, long address, int length) throws IOException {
      return ScriptedKernel.writev(fd, address, length);
    }
  }
}
