package dev.belay.agent.seam;

import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;

/**
 * Which methods of a class file may contain a static call of some names, found without decoding any
 * instruction: an {@code invokestatic} and the number of such a constant, at whatever place. The
 * others are copied as they are, which takes a fraction of the time, and a JVM pays for it before
 * its first socket.
 *
 * <p>Invariant: finds too many rather than too few. Single use, one thread.
 */
final class CallingMethods {
  private static final int METHOD_REFERENCE = 10;
  private static final int MEMBER_HEADER = 8; // access, name, descriptor, count of attributes
  private static final int ATTRIBUTE_HEADER = 6; // name, length

  private final ClassReader file;
  private final char[] buffer;
  private final Set<String> found = new HashSet<>();

  private CallingMethods(ClassReader file) {
    this.file = file;
    this.buffer = new char[file.getMaxStringLength()];
  }

  /**
   * Of this class file.
   *
   * @param called names of static methods
   * @return name and descriptor of each method, in one
   */
  static Set<String> of(ClassReader file, Set<String> called) {
    CallingMethods methods = new CallingMethods(file);
    boolean[] constants = methods.constants(called);
    int interfaces = file.header + 6; // behind access, this and super
    int fields = interfaces + 2 + 2 * file.readUnsignedShort(interfaces);
    methods.members(methods.members(fields, null), constants);
    return methods.found;
  }

  /** By their number, which constants are methods of these names. */
  private boolean[] constants(Set<String> called) {
    boolean[] are = new boolean[file.getItemCount()];
    for (int i = 1; i < are.length; i++) {
      int item = file.getItem(i); // 0 where a long has taken the place
      if (item != 0 && file.readByte(item - 1) == METHOD_REFERENCE) {
        int nameAndType = file.getItem(file.readUnsignedShort(item + 2));
        are[i] = called.contains(file.readUTF8(nameAndType, buffer));
      }
    }
    return are;
  }

  /** Goes through fields (null) or methods from there on, and says where they end. */
  private int members(int from, boolean[] constants) {
    int at = from + 2;
    for (int left = file.readUnsignedShort(from); left > 0; left--) {
      int end = attributesEnd(at);
      if (constants != null && calls(at + MEMBER_HEADER, end, constants)) {
        found.add(file.readUTF8(at + 2, buffer) + file.readUTF8(at + 4, buffer));
      }
      at = end;
    }
    return at;
  }

  private int attributesEnd(int member) {
    int at = member + MEMBER_HEADER;
    for (int left = file.readUnsignedShort(member + 6); left > 0; left--) {
      at += ATTRIBUTE_HEADER + file.readInt(at + 2);
    }
    return at;
  }

  private boolean calls(int from, int end, boolean[] constants) {
    for (int at = from; at < end - 2; at++) {
      if (file.readByte(at) == Opcodes.INVOKESTATIC) {
        int constant = file.readUnsignedShort(at + 1);
        if (constant < constants.length && constants[constant]) {
          return true;
        }
      }
    }
    return false;
  }
}
