package dev.belay.agent.seam;

import java.io.FileDescriptor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** The native methods of a dispatcher: notes the calls and answers as told. One test at a time. */
public final class ScriptedKernel {
  private static final Queue<Object> ANSWERS = new ArrayDeque<>();
  private static final List<String> CALLS = new ArrayList<>();

  private ScriptedKernel() {}

  static void clear() {
    ANSWERS.clear();
    CALLS.clear();
  }

  static void answers(int... next) {
    for (int answer : next) {
      ANSWERS.add(answer);
    }
  }

  static void fails(String message) {
    ANSWERS.add(new IOException(message));
  }

  static List<String> calls() {
    return CALLS;
  }

  /** Native read. */
  public static int read(FileDescriptor fd, long address, int length) throws IOException {
    return answer("read", address, length);
  }

  /** Native readv. */
  public static long readv(FileDescriptor fd, long address, int length) throws IOException {
    return answer("readv", address, length);
  }

  /** Native write. */
  public static int write(FileDescriptor fd, long address, int length) throws IOException {
    return answer("write", address, length);
  }

  /** Native writev. */
  public static long writev(FileDescriptor fd, long address, int length) throws IOException {
    return answer("writev", address, length);
  }

  private static int answer(String name, long address, int length) throws IOException {
    CALLS.add(name + " " + address + " " + length);
    Object answer = ANSWERS.remove();
    if (answer instanceof IOException failure) {
      throw failure;
    }
    return (Integer) answer;
  }
}
