package dev.belay.agent.sim.app;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Random;

/**
 * What one conversation is to be: all of its input, and what the server has to say to it. The first
 * bytes of the input tell the server which script it is in.
 */
public final class Script {
  /** How it ends. */
  public enum End {
    /** The client ends its output and reads on; the server says something to that, and closes. */
    HALF_CLOSE,
    /** The client has all it wants and closes; the last of its input has no answer. */
    CLIENT_CLOSES,
    /** The server closes when it has read so much. */
    SERVER_CLOSES,
    /** The client closes somewhere, whatever comes. */
    CLIENT_LEAVES,
    /** The client resets the connection somewhere. */
    CLIENT_ABORTS
  }

  static final int HEADER_BYTES = 10;

  private final int number;
  private final boolean isMoody;
  private final End end;
  private final byte[] input;
  private final byte[] output;
  private final int[] outputAfter;
  private final int[] turns;
  private final int quietFrom;
  private InetSocketAddress clientAddress;
  private boolean isPlain;
  private boolean isStranger;
  private boolean isClientGone;
  private int incarnations;
  private int mostRead;
  private boolean isEndRead;

  Script(int number, Random random, End end, int length, boolean isMoody) {
    this.number = number;
    this.isMoody = isMoody;
    this.end = end;
    this.input = new byte[Math.max(length, HEADER_BYTES)];
    random.nextBytes(input);
    int tail = end == End.CLIENT_CLOSES ? 1 + random.nextInt(Math.max(1, length / 4)) : 0;
    this.quietFrom = Math.max(HEADER_BYTES, input.length - tail);
    putInt(0, number);
    putInt(4, quietFrom);
    input[8] = (byte) end.ordinal();
    input[9] = (byte) 0;
    this.outputAfter = new int[input.length + 1];
    this.turns = new int[input.length];
    this.output = play();
  }

  private void putInt(int at, int value) {
    for (int i = 0; i < 4; i++) {
      input[at + i] = (byte) (value >>> (24 - 8 * i));
    }
  }

  private byte[] play() {
    Transducer server = new Transducer(input.length, (byte) 0);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(server.takeOutput());
    outputAfter[0] = all.size();
    for (int i = 0; i < input.length; i++) {
      server.accept(input[i]);
      all.writeBytes(server.takeOutput());
      outputAfter[i + 1] = all.size();
    }
    if (end == End.HALF_CLOSE) {
      server.end();
      all.writeBytes(server.takeOutput());
    }
    return all.toByteArray();
  }

  /** Each incarnation of the server says it in another way. */
  public boolean isMoody() {
    return isMoody;
  }

  int number() {
    return number;
  }

  public End end() {
    return end;
  }

  int length() {
    return input.length;
  }

  byte input(int position) {
    return input[position];
  }

  byte[] input() {
    return input;
  }

  byte output(int position) {
    return output[position];
  }

  int outputLength() {
    return output.length;
  }

  /** What the server will have said when it has read so much. */
  int outputAfter(int position) {
    return outputAfter[position];
  }

  public String describe() {
    return "script="
        + number
        + " "
        + end
        + " in="
        + input.length
        + " out="
        + output.length
        + " read="
        + mostRead
        + (isEndRead ? "." : "")
        + (isPlain ? " plain" : "");
  }

  // ---- turns ----

  /** The client is about to write these bytes, and has read so much. */
  void turn(int from, int until, int received) {
    Arrays.fill(turns, from, until, received);
  }

  /** What a server must have said before it reads this byte. */
  int turnOf(int position) {
    return turns[position];
  }

  // ---- what became of it ----

  void clientAddress(InetSocketAddress address) {
    clientAddress = address;
  }

  InetSocketAddress clientAddress() {
    return clientAddress;
  }

  /** It began without protection: nothing is promised. */
  void plain() {
    isPlain = true;
  }

  public boolean isPlain() {
    return isPlain;
  }

  /** It is of a program without the agent. */
  public void stranger() {
    isStranger = true;
    isPlain = true;
  }

  public boolean isStranger() {
    return isStranger;
  }

  /** The client's JVM has died, or left in the middle. */
  void clientGone() {
    isClientGone = true;
  }

  boolean isClientGone() {
    return isClientGone;
  }

  int newIncarnation() {
    return ++incarnations;
  }

  void read(int position) {
    mostRead = Math.max(mostRead, position);
  }

  void endRead() {
    isEndRead = true;
  }

  /** True when some incarnation of the server has read all. */
  public boolean isRead() {
    return mostRead == input.length;
  }

  /** True when some incarnation of the server has read the end. */
  public boolean isEndRead() {
    return isEndRead;
  }
}
