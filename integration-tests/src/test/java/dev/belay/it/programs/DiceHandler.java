package dev.belay.it.programs;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.zip.CRC32C;

/**
 * Answers each byte with a throw of dice: its number, eight random bytes, then the checksum of all
 * random bytes so far. No two handlers give the same output, and a joint of two of them shows.
 * Confined to one thread at a time.
 */
final class DiceHandler implements Handler {
  static final int THROW_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;

  private final SecureRandom random = new SecureRandom();
  private final CRC32C thrown = new CRC32C();
  private final String peer;
  private long throwCount;

  DiceHandler(String peer) {
    this.peer = peer;
  }

  @Override
  public byte[] take(byte[] bytes, int offset, int count) {
    ByteBuffer out = ByteBuffer.allocate(count * THROW_BYTES);
    for (int i = 0; i < count; i++) {
      byte[] dice = new byte[Long.BYTES];
      random.nextBytes(dice);
      thrown.update(dice);
      throwCount++;
      out.putInt((int) throwCount).put(dice).putInt((int) thrown.getValue());
    }
    return out.array();
  }

  @Override
  public void ended(String cause) {
    System.out.println("ENDED " + report() + " cause=" + cause);
  }

  @Override
  public String report() {
    return "peer=" + peer + " throws=" + throwCount;
  }
}
