package dev.belay.it.programs;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.zip.CRC32C;

/**
 * Reads throws of dice until an exception: {@code connect=host:port}.
 *
 * <p>Prints {@code done K} after each hundred throws, and in the end {@code VERDICT EXCEPTION} with
 * it, or {@code VERDICT WRONG} at the first byte that is not of the handler it began with.
 */
public final class DiceClient {
  private static final int MAX_THROWS = 10_000_000;
  private static final int PRINT_INTERVAL = 100;

  private final DataInputStream in;
  private final OutputStream out;
  private final CRC32C thrown = new CRC32C();

  private DiceClient(Socket socket) throws IOException {
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** Plays until the end. */
  public static void main(String[] args) {
    Load load = Load.of(Options.of(args));
    try (Socket socket = new Socket(load.server().getAddress(), load.server().getPort())) {
      new DiceClient(socket).play();
    } catch (IOException e) {
      System.out.println("VERDICT EXCEPTION " + e);
    }
  }

  private void play() throws IOException {
    for (int count = 1; count <= MAX_THROWS; count++) {
      out.write(1);
      byte[] dice = new byte[Long.BYTES];
      in.readFully(dice);
      thrown.update(dice);
      if (in.readInt() != (int) thrown.getValue()) {
        System.out.println("VERDICT WRONG throw=" + count);
        return;
      }
      if (count % PRINT_INTERVAL == 0) {
        System.out.println("done " + count);
      }
    }
  }
}
