package dev.belay.agent.sim.app;

import java.io.ByteArrayOutputStream;

/**
 * A server's logic: its output is a function of its input, byte for byte, however the input is cut.
 * It speaks first.
 */
final class Transducer {
  private static final int GREETING_BYTES = 17;
  private static final int TRAILER_BYTES = 23;

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private long state = 0x243F6A8885A308D3L;
  private int position;
  private int header;
  private int quietFrom = Integer.MAX_VALUE;
  private int endCode;
  private boolean isClosing;

  /**
   * @param length of the input of a script that the server is to close; a server learns it from the
   *     script's number, as others would from a header
   * @param mood 0, or what makes its output differ from the others'
   */
  Transducer(int length, byte mood) {
    this.length = length;
    this.mood = mood;
    emit(GREETING_BYTES);
  }

  private final byte mood;
  private int length;

  void length(int total) {
    length = total;
  }

  void accept(byte next) {
    if (position >= 4 && position < 8) {
      header = header << 8 | (next & 0xFF);
      quietFrom = position == 7 ? header : Integer.MAX_VALUE;
    }
    if (position == 8) {
      endCode = next;
    }
    position++;
    state = (state ^ next) * 0x9E3779B97F4A7C15L;
    state ^= state >>> 31;
    boolean speaks = (state >>> 16 & 0x3F) == 0 && position < quietFrom;
    if (speaks && position > Script.HEADER_BYTES) {
      emit((int) (1 + (state >>> 24 & 0xFF)) * ((state >>> 40 & 0x3F) == 0 ? 16 : 1));
    }
    if (endCode == Script.End.SERVER_CLOSES.ordinal() && position == length) {
      emit(TRAILER_BYTES);
      isClosing = true;
    }
  }

  /** The client has ended its output. */
  void end() {
    if (endCode == Script.End.HALF_CLOSE.ordinal()) {
      emit(TRAILER_BYTES);
    }
    isClosing = true;
  }

  boolean isClosing() {
    return isClosing;
  }

  private void emit(int count) {
    long value = state;
    for (int i = 0; i < count; i++) {
      value = value * 6364136223846793005L + 1442695040888963407L;
      output.write((int) (value >>> 56) ^ mood);
    }
  }

  byte[] takeOutput() {
    if (output.size() == 0) {
      return new byte[0];
    }
    byte[] taken = output.toByteArray();
    output.reset();
    return taken;
  }
}
