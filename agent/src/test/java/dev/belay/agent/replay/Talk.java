package dev.belay.agent.replay;

import dev.belay.agent.descriptor.Application;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * A conversation with a handler whose output is a function of its input: each byte is answered by
 * none to three bytes that depend on it and on its position.
 */
final class Talk {
  private static final int CHUNK_BYTES = 5000;

  private final byte[] input;
  private final byte[] output;

  Talk(byte[] input) {
    this.input = input;
    this.output = answer(0, input);
  }

  /** With input that looks random. */
  static Talk random(Random random, int length) {
    byte[] input = new byte[length];
    random.nextBytes(input);
    return new Talk(input);
  }

  byte[] input() {
    return input;
  }

  byte[] input(int from, int to) {
    return Arrays.copyOfRange(input, from, to);
  }

  byte[] output() {
    return output;
  }

  byte[] outputFrom(long position) {
    return Arrays.copyOfRange(output, (int) position, output.length);
  }

  /** How much output the input before that position has. */
  int outputBefore(int inPosition) {
    return answer(0, input(0, inPosition)).length;
  }

  /** What a client says that has received so much and may still write. */
  Replay.Client clientAt(int receivedPosition) {
    return new Replay.Client(receivedPosition, checksum(output, receivedPosition), false, false);
  }

  static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** The handler: answers until the end of its input. */
  static void serve(Application socket) throws IOException {
    long position = 0;
    byte[] some = socket.readSome(CHUNK_BYTES);
    while (some.length > 0) {
      socket.writeFully(answer(position, some));
      position += some.length;
      some = socket.readSome(CHUNK_BYTES);
    }
  }

  private static byte[] answer(long inPosition, byte[] bytes) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream(2 * bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      for (int copy = 0; copy < (bytes[i] & 3); copy++) {
        answer.write(bytes[i] + 31 * copy + (int) (inPosition + i));
      }
    }
    return answer.toByteArray();
  }
}
