package dev.belay.agent.sim.kernel;

/** A pipe by which a loop is woken: both ends, counted bytes. */
final class Pipe {
  private int bytes;
  private final OpenFile readEnd = new End(true);
  private final OpenFile writeEnd = new End(false);

  private final class End extends OpenFile {
    private final boolean isRead;

    End(boolean isRead) {
      this.isRead = isRead;
    }

    @Override
    int readiness() {
      return !isRead ? OUT : bytes > 0 ? IN : 0;
    }

    @Override
    void released() {}

    private Pipe pipe() {
      return Pipe.this;
    }
  }

  OpenFile readEnd() {
    return readEnd;
  }

  OpenFile writeEnd() {
    return writeEnd;
  }

  static void write(OpenFile end) {
    Pipe pipe = ((End) end).pipe();
    pipe.bytes++;
    pipe.readEnd.changed();
  }

  static void drain(OpenFile end) {
    ((End) end).pipe().bytes = 0;
  }
}
