package dev.belay.it.programs;

import java.util.concurrent.CountDownLatch;

/** Where handlers wait before they take input, while it is held. Open at first. Any thread. */
final class Gate {
  private volatile CountDownLatch held = new CountDownLatch(0);

  void hold() {
    held = new CountDownLatch(1);
  }

  void open() {
    held.countDown();
  }

  /** The handler behind this gate. */
  Handler before(Handler handler) {
    return new Behind(this, handler);
  }

  private void pass() {
    try {
      held.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Behind implements Handler {
    private final Gate gate;
    private final Handler handler;

    Behind(Gate gate, Handler handler) {
      this.gate = gate;
      this.handler = handler;
    }

    @Override
    public byte[] greeting() {
      return handler.greeting();
    }

    @Override
    public byte[] take(byte[] bytes, int offset, int count) {
      gate.pass();
      return handler.take(bytes, offset, count);
    }

    @Override
    public void ended(String cause) {
      handler.ended(cause);
    }

    @Override
    public String report() {
      return handler.report();
    }
  }
}
