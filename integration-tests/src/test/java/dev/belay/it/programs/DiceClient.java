package dev.belay.it.programs;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.zip.CRC32C;

/**
 * Reads throws of dice until an exception: {@code connect=host:port}; with {@code forgiving=true}
 * until {@code finish} comes on standard input.
 *
 * <p>Prints {@code done K} after each hundred throws, and in the end {@code VERDICT EXCEPTION} with
 * it, or {@code VERDICT WRONG} at the first byte that is not of the handler it began with. A
 * forgiving one counts such throws, prints {@code other K} at the first, and stops only at one
 * whose number is not the next; else it ends with {@code VERDICT DONE}.
 */
public final class DiceClient {
  private static final int MAX_THROWS = 10_000_000;
  private static final int PRINT_INTERVAL = 100;

  private final DataInputStream in;
  private final OutputStream out;
  private final CRC32C thrown = new CRC32C();
  private final boolean isForgiving;
  private int otherCount;

  private DiceClient(Socket socket, Options options) throws IOException {
    this.isForgiving = options.flag("forgiving");
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** Plays until the end. */
  public static void main(String[] args) {
    Options options = Options.of(args);
    Load load = Load.of(options);
    try (Socket socket = new Socket(load.server().getAddress(), load.server().getPort())) {
      new DiceClient(socket, options).play();
    } catch (IOException e) {
      System.out.println("VERDICT EXCEPTION " + e);
    }
  }

  private void play() throws IOException {
    int count = 0;
    while (count < MAX_THROWS && !isToldToFinish()) {
      count++;
      if (!takeThrow(count)) {
        System.out.println("VERDICT WRONG throw=" + count);
        return;
      }
      if (count % PRINT_INTERVAL == 0) {
        System.out.println("done " + count);
      }
    }
    System.out.println("VERDICT DONE throws=" + count + " other=" + otherCount);
  }

  private boolean takeThrow(int count) throws IOException {
    out.write(1);
    byte[] dice = new byte[Long.BYTES];
    int number = in.readInt();
    in.readFully(dice);
    thrown.update(dice);
    boolean isOfFirst = in.readInt() == (int) thrown.getValue();
    if (!isOfFirst && otherCount++ == 0 && isForgiving) {
      System.out.println("other " + count);
    }
    return number == count && (isOfFirst || isForgiving);
  }

  private boolean isToldToFinish() throws IOException {
    return isForgiving && System.in.available() > 0;
  }
}
