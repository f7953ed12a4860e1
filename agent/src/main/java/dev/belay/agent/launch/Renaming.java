package dev.belay.agent.launch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * One class is called by another name in the class files of those who use it: in their constant
 * pools, whose layout is that of JVMS 4.4. No state, any thread.
 */
final class Renaming {
  private final String from;
  private final String to;

  /** Both with slashes. */
  Renaming(String from, String to) {
    this.from = from;
    this.to = to;
  }

  /**
   * @throws ClassFormatError if it is no class file as they are known here
   */
  byte[] of(byte[] classFile) {
    ByteArrayOutputStream renamed = new ByteArrayOutputStream(classFile.length + 64);
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
      DataOutputStream out = new DataOutputStream(renamed);
      out.writeLong(in.readLong()); // magic number and version
      copyPool(in, out);
      in.transferTo(out);
    } catch (IOException e) {
      throw new ClassFormatError(String.valueOf(e.getMessage()));
    }
    return renamed.toByteArray();
  }

  private void copyPool(DataInputStream in, DataOutputStream out) throws IOException {
    int count = in.readUnsignedShort();
    out.writeShort(count);
    int index = 1;
    while (index < count) {
      int tag = in.readUnsignedByte();
      out.writeByte(tag);
      if (tag == 1) {
        out.writeUTF(in.readUTF().replace(from, to));
      } else {
        out.write(in.readNBytes(bytesOf(tag)));
      }
      index += tag == 5 || tag == 6 ? 2 : 1; // a long or a double counts twice
    }
  }

  private static int bytesOf(int tag) {
    return switch (tag) {
      case 3, 4 -> 4; // Integer, Float
      case 5, 6 -> 8; // Long, Double
      case 7, 8, 16, 19, 20 -> 2; // Class, String, MethodType, Module, Package
      case 9, 10, 11, 12, 17, 18 -> 4; // references, NameAndType, Dynamic, InvokeDynamic
      case 15 -> 3; // MethodHandle
      default -> throw new ClassFormatError("unknown constant: tag=" + tag);
    };
  }
}
