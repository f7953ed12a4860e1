package dev.belay.agent.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/** What the kernel knows of this process, by /proc. Any thread. */
public final class Kernel {
  private static final int NON_BLOCKING = 04000; // O_NONBLOCK, fcntl.h of Linux

  private Kernel() {}

  /** Whether O_NONBLOCK is set on the open file of that number. */
  public static boolean isNonBlocking(int number) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/fdinfo/" + number)).stream()
        .filter(line -> line.startsWith("flags:"))
        .mapToInt(line -> Integer.parseInt(line.substring("flags:".length()).strip(), 8))
        .anyMatch(flags -> (flags & NON_BLOCKING) != 0);
  }

  /** The socket behind that number: two numbers of one open file answer alike. */
  public static String fileOf(int number) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)).toString();
  }

  /** A socket of that number, which has to be free: the kernel gives the lowest one first. */
  public static FileDescriptor openAt(int number) throws IOException {
    List<FileDescriptor> lower = new ArrayList<>();
    FileDescriptor fd = BelayNative.socket();
    while (BelaySeam.number(fd) < number) {
      lower.add(fd);
      fd = BelayNative.socket();
    }
    for (FileDescriptor other : lower) {
      BelayNative.close(other);
    }
    assertThat(BelaySeam.number(fd)).as("lowest free descriptor number").isEqualTo(number);
    return fd;
  }

  /** Waits until that thread of ours is in a native method of one of these names. */
  public static void awaitInside(Background<?> background, String... methods) {
    Soon.until(
        background.thread().getName() + " inside " + String.join(" or ", methods),
        () -> background.isDone() || isInside(background.thread(), methods));
    assertThat(background.isDone())
        .as("%s came back too early", background.thread().getName())
        .isFalse();
  }

  private static boolean isInside(Thread thread, String[] methods) {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length > 0
        && stack[0].isNativeMethod()
        && Arrays.asList(methods).contains(stack[0].getMethodName());
  }
}
