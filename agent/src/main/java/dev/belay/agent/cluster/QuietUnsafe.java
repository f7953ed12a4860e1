package dev.belay.agent.cluster;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import jdk.internal.misc.Unsafe;

/**
 * Stands in for {@code sun.misc.Unsafe} in our own copy of Hazelcast where the JDK warns of the
 * first call of that, or forbids it: the same methods, as far as Hazelcast calls them, on what
 * stands behind both. {@code AgentClassLoader} changes the name in the classes that it loads.
 *
 * <p>Invariant: what a method does is what the JDK's of that name does. Any thread.
 */
@SuppressWarnings("unused") // by Hazelcast
public final class QuietUnsafe {
  private static final Unsafe JDK = Unsafe.getUnsafe();

  /** Found by name. */
  private static final QuietUnsafe theUnsafe = new QuietUnsafe();

  private QuietUnsafe() {}

  public static QuietUnsafe getUnsafe() {
    return theUnsafe;
  }

  /** By reflection, since the JDK's answers an int in 17 and a long in 25. */
  public int arrayBaseOffset(Class<?> type) {
    try {
      Method method = Unsafe.class.getMethod("arrayBaseOffset", Class.class);
      return ((Number) method.invoke(JDK, type)).intValue();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("jdk.internal.misc.Unsafe has changed", e);
    }
  }

  public boolean getBoolean(Object of, long offset) {
    return JDK.getBoolean(of, offset);
  }

  public void putBoolean(Object of, long offset, boolean value) {
    JDK.putBoolean(of, offset, value);
  }

  public boolean getBooleanVolatile(Object of, long offset) {
    return JDK.getBooleanVolatile(of, offset);
  }

  public void putBooleanVolatile(Object of, long offset, boolean value) {
    JDK.putBooleanVolatile(of, offset, value);
  }

  public byte getByte(long address) {
    return JDK.getByte(address);
  }

  public byte getByte(Object of, long offset) {
    return JDK.getByte(of, offset);
  }

  public void putByte(long address, byte value) {
    JDK.putByte(address, value);
  }

  public void putByte(Object of, long offset, byte value) {
    JDK.putByte(of, offset, value);
  }

  public byte getByteVolatile(Object of, long offset) {
    return JDK.getByteVolatile(of, offset);
  }

  public void putByteVolatile(Object of, long offset, byte value) {
    JDK.putByteVolatile(of, offset, value);
  }

  public char getChar(long address) {
    return JDK.getChar(address);
  }

  public char getChar(Object of, long offset) {
    return JDK.getChar(of, offset);
  }

  public void putChar(long address, char value) {
    JDK.putChar(address, value);
  }

  public void putChar(Object of, long offset, char value) {
    JDK.putChar(of, offset, value);
  }

  public char getCharVolatile(Object of, long offset) {
    return JDK.getCharVolatile(of, offset);
  }

  public void putCharVolatile(Object of, long offset, char value) {
    JDK.putCharVolatile(of, offset, value);
  }

  public double getDouble(long address) {
    return JDK.getDouble(address);
  }

  public double getDouble(Object of, long offset) {
    return JDK.getDouble(of, offset);
  }

  public void putDouble(long address, double value) {
    JDK.putDouble(address, value);
  }

  public void putDouble(Object of, long offset, double value) {
    JDK.putDouble(of, offset, value);
  }

  public double getDoubleVolatile(Object of, long offset) {
    return JDK.getDoubleVolatile(of, offset);
  }

  public void putDoubleVolatile(Object of, long offset, double value) {
    JDK.putDoubleVolatile(of, offset, value);
  }

  public float getFloat(long address) {
    return JDK.getFloat(address);
  }

  public float getFloat(Object of, long offset) {
    return JDK.getFloat(of, offset);
  }

  public void putFloat(long address, float value) {
    JDK.putFloat(address, value);
  }

  public void putFloat(Object of, long offset, float value) {
    JDK.putFloat(of, offset, value);
  }

  public float getFloatVolatile(Object of, long offset) {
    return JDK.getFloatVolatile(of, offset);
  }

  public void putFloatVolatile(Object of, long offset, float value) {
    JDK.putFloatVolatile(of, offset, value);
  }

  public boolean compareAndSwapInt(Object of, long offset, int expected, int value) {
    return JDK.compareAndSetInt(of, offset, expected, value);
  }

  public int getInt(long address) {
    return JDK.getInt(address);
  }

  public int getInt(Object of, long offset) {
    return JDK.getInt(of, offset);
  }

  public void putInt(long address, int value) {
    JDK.putInt(address, value);
  }

  public void putInt(Object of, long offset, int value) {
    JDK.putInt(of, offset, value);
  }

  public void putOrderedInt(Object of, long offset, int value) {
    JDK.putIntRelease(of, offset, value);
  }

  public int getIntVolatile(Object of, long offset) {
    return JDK.getIntVolatile(of, offset);
  }

  public void putIntVolatile(Object of, long offset, int value) {
    JDK.putIntVolatile(of, offset, value);
  }

  public boolean compareAndSwapLong(Object of, long offset, long expected, long value) {
    return JDK.compareAndSetLong(of, offset, expected, value);
  }

  public long getLong(long address) {
    return JDK.getLong(address);
  }

  public long getLong(Object of, long offset) {
    return JDK.getLong(of, offset);
  }

  public void putLong(long address, long value) {
    JDK.putLong(address, value);
  }

  public void putLong(Object of, long offset, long value) {
    JDK.putLong(of, offset, value);
  }

  public void putOrderedLong(Object of, long offset, long value) {
    JDK.putLongRelease(of, offset, value);
  }

  public long getLongVolatile(Object of, long offset) {
    return JDK.getLongVolatile(of, offset);
  }

  public void putLongVolatile(Object of, long offset, long value) {
    JDK.putLongVolatile(of, offset, value);
  }

  public boolean compareAndSwapObject(Object of, long offset, Object expected, Object value) {
    return JDK.compareAndSetReference(of, offset, expected, value);
  }

  public Object getObject(Object of, long offset) {
    return JDK.getReference(of, offset);
  }

  public void putObject(Object of, long offset, Object value) {
    JDK.putReference(of, offset, value);
  }

  public void putOrderedObject(Object of, long offset, Object value) {
    JDK.putReferenceRelease(of, offset, value);
  }

  public Object getObjectVolatile(Object of, long offset) {
    return JDK.getReferenceVolatile(of, offset);
  }

  public void putObjectVolatile(Object of, long offset, Object value) {
    JDK.putReferenceVolatile(of, offset, value);
  }

  public short getShort(long address) {
    return JDK.getShort(address);
  }

  public short getShort(Object of, long offset) {
    return JDK.getShort(of, offset);
  }

  public void putShort(long address, short value) {
    JDK.putShort(address, value);
  }

  public void putShort(Object of, long offset, short value) {
    JDK.putShort(of, offset, value);
  }

  public short getShortVolatile(Object of, long offset) {
    return JDK.getShortVolatile(of, offset);
  }

  public void putShortVolatile(Object of, long offset, short value) {
    JDK.putShortVolatile(of, offset, value);
  }

  public int addressSize() {
    return JDK.addressSize();
  }

  public Object allocateInstance(Class<?> type) throws InstantiationException {
    return JDK.allocateInstance(type);
  }

  public int arrayIndexScale(Class<?> type) {
    return JDK.arrayIndexScale(type);
  }

  public void copyMemory(long from, long to, long bytes) {
    JDK.copyMemory(from, to, bytes);
  }

  public void copyMemory(Object from, long fromOffset, Object to, long toOffset, long bytes) {
    JDK.copyMemory(from, fromOffset, to, toOffset, bytes);
  }

  public long getAndAddLong(Object of, long offset, long delta) {
    return JDK.getAndAddLong(of, offset, delta);
  }

  public long getAndSetLong(Object of, long offset, long value) {
    return JDK.getAndSetLong(of, offset, value);
  }

  public Object getAndSetObject(Object of, long offset, Object value) {
    return JDK.getAndSetReference(of, offset, value);
  }

  public long objectFieldOffset(Field field) {
    return JDK.objectFieldOffset(field);
  }

  public int pageSize() {
    return JDK.pageSize();
  }

  public void setMemory(long address, long bytes, byte value) {
    JDK.setMemory(address, bytes, value);
  }
}
