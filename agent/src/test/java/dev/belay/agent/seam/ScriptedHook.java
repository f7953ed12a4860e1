package dev.belay.agent.seam;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelaySeam;

/** Notes what the woven code tells it and answers as told: GO, and what the kernel said. */
final class ScriptedHook extends BelayHook {
  private final List<String> calls = new ArrayList<>();
  private final Queue<Integer> begins = new ArrayDeque<>();
  private Integer failureAnswer;
  private boolean goesOnAlways;

  List<String> calls() {
    return calls;
  }

  void beginsWith(int... answers) {
    for (int answer : answers) {
      begins.add(answer);
    }
  }

  void failuresAreAnsweredWith(int answer) {
    failureAnswer = answer;
  }

  /** Until all is taken; else only behind a piece that was cut. */
  void goesOnAlways() {
    goesOnAlways = true;
  }

  private int begin(String name) {
    calls.add(name);
    return begins.isEmpty() ? GO : begins.remove();
  }

  private int failed(String name, IOException failure) throws IOException {
    calls.add(name + " " + failure.getMessage());
    if (failureAnswer == null) {
      throw failure;
    }
    return failureAnswer;
  }

  @Override
  public int beginRead() {
    return begin("beginRead");
  }

  @Override
  public int endRead(long address, int n) {
    calls.add("endRead " + address + " " + n);
    return n;
  }

  @Override
  public long endReadVector(long vectors, int count, long n) {
    calls.add("endReadVector " + vectors + " " + count + " " + n);
    return n;
  }

  @Override
  public int readFailed(IOException failure) throws IOException {
    return failed("readFailed", failure);
  }

  @Override
  public int beginWrite() {
    return begin("beginWrite");
  }

  @Override
  public int endWrite(long address, int n) {
    calls.add("endWrite " + address + " " + n);
    return n;
  }

  @Override
  public boolean goesOn(int done, int answer, int length) {
    boolean isCut = answer < length && answer == BelaySeam.piece(length);
    return isCut || (goesOnAlways && answer < length);
  }

  @Override
  public long endWriteVector(long vectors, int count, long n) {
    calls.add("endWriteVector " + vectors + " " + count + " " + n);
    return n;
  }

  @Override
  public int writeFailed(IOException failure) throws IOException {
    return failed("writeFailed", failure);
  }

  @Override
  public void released(FileDescriptor fd) {}

  @Override
  public boolean shutdown(FileDescriptor fd, int how, boolean isClosing) {
    return false;
  }

  @Override
  public void configureBlocking(FileDescriptor fd, boolean blocking) {}

  @Override
  public int pollConnect() {
    return PASS;
  }

  @Override
  public int available() {
    return -1;
  }

  @Override
  public InetSocketAddress localAddress() {
    return null;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return null;
  }

  @Override
  public int pollInterest(int interest) {
    return interest;
  }

  @Override
  public void enterPoll(long nativeThread) {}

  @Override
  public void exitPoll(long nativeThread) {}

  @Override
  public void optionSet(SocketOption<?> name, Object value) {}
}
