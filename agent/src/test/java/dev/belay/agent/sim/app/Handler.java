package dev.belay.agent.sim.app;

import dev.belay.agent.sim.kernel.AppThread;
import dev.belay.agent.sim.kernel.World;
import dev.belay.agent.sim.kernel.WovenSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One connection as the server's application has it: checks that what it reads is the script's
 * input from its very start, and says what is to be written.
 */
final class Handler {
  private final World world;
  private final Scripts scripts;
  private final InetSocketAddress from;
  private final WovenSocket socket;
  private final byte[] number = new byte[4];
  private final Transducer logic;
  private Script script;
  private int incarnation;
  private int position;
  private byte[] pending;
  private int written;
  private boolean isEnded;

  Handler(AppThread thread, Scripts scripts, InetSocketAddress from, WovenSocket socket) {
    this.socket = socket;
    this.world = thread.world();
    this.scripts = scripts;
    this.from = from;
    this.logic = new Transducer(Integer.MAX_VALUE, scripts.nextMood());
    this.pending = logic.takeOutput();
  }

  /** These bytes were read. */
  void read(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (position < number.length) {
        number[position] = next;
      }
      if (position == number.length - 1) {
        identify(ByteBuffer.wrap(number).getInt());
      }
      if (position >= number.length) {
        check(next);
      }
      position++;
      logic.accept(next);
    }
    if (script != null) {
      script.read(position);
    }
    say();
  }

  private void identify(int which) {
    script = scripts.numbered(which);
    if (script == null) {
      throw world.fail("a handler reads something else than the start of a script: " + which);
    }
    logic.length(script.length());
    incarnation = script.newIncarnation();
    if (script.isStranger() && socket.isProtected()) {
      throw world.fail("a stranger's connection was taken for a session: script=" + which);
    }
    if (!script.isPlain() && !from.equals(script.clientAddress())) {
      throw world.fail(
          "script " + which + " comes from " + from + ", not " + script.clientAddress());
    }
  }

  private void check(byte next) {
    boolean isTurn = position >= script.length() || script.turnOf(position) <= written;
    if (!isTurn && !script.isPlain() && !scripts.hasLostTurns()) {
      throw world.fail(
          "input before its turn: script="
              + script.number()
              + " incarnation="
              + incarnation
              + " position="
              + position
              + " said="
              + written
              + " of "
              + script.turnOf(position));
    }
    if (position >= script.length() || next != script.input(position)) {
      throw world.fail(
          "wrong input: script="
              + script.number()
              + " incarnation="
              + incarnation
              + " position="
              + position
              + " of "
              + script.length());
    }
  }

  /** The end of the input was read. */
  void end() {
    boolean isWhole = script != null && position == script.length();
    boolean mayLeave =
        script == null
            || script.isPlain()
            || script.isClientGone()
            || script.end() == Script.End.CLIENT_LEAVES
            || script.end() == Script.End.CLIENT_ABORTS;
    if (!isWhole && !mayLeave) {
      throw world.fail(
          "early end of input: script="
              + script.number()
              + " incarnation="
              + incarnation
              + " position="
              + position
              + " of "
              + script.length());
    }
    if (script != null) {
      script.endRead();
    }
    isEnded = true;
    logic.end();
    say();
  }

  private void say() {
    byte[] more = logic.takeOutput();
    int former = pending.length;
    pending = Arrays.copyOf(pending, former + more.length);
    System.arraycopy(more, 0, pending, former, more.length);
    if (logic.isClosing() && !isEnded && script != null) {
      script.endRead(); // it needs no end
    }
  }

  byte[] pending() {
    return pending;
  }

  /** So much of it was written. */
  void written(int count) {
    written += count;
    pending = Arrays.copyOfRange(pending, count, pending.length);
  }

  /** Nothing is left to be read or written. */
  boolean isDone() {
    return logic.isClosing() && pending.length == 0;
  }

  /** It wants no more input before its output is gone. */
  boolean isFull() {
    return pending.length > 4096 || logic.isClosing();
  }
}
