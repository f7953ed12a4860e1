package dev.belay.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** {@link QuietUnsafe} has all that our Hazelcast calls, and does the same. */
final class QuietUnsafeTest {
  private static final String UNSAFE = "sun/misc/Unsafe";

  private long number;
  private int small;
  private Object object;

  private static Set<String> calledByHazelcast() throws Exception {
    Set<String> calls = new HashSet<>();
    Path jar =
        Path.of(
            HazelcastInstance.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        try (InputStream in = file.getInputStream(entry)) {
          byte[] classFile = in.readAllBytes();
          if (new String(classFile, StandardCharsets.ISO_8859_1).contains(UNSAFE)) {
            addCalls(classFile, calls);
          }
        }
      }
    }
    return calls;
  }

  private static void addCalls(byte[] classFile, Set<String> calls) {
    new ClassReader(classFile)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String of, String type, String signature, String[] exceptions) {
                return new MethodVisitor(Opcodes.ASM9) {
                  @Override
                  public void visitMethodInsn(
                      int opcode, String owner, String name, String type, boolean isInterface) {
                    if (owner.equals(UNSAFE)) {
                      calls.add(name + type);
                    }
                  }
                };
              }
            },
            ClassReader.SKIP_FRAMES);
  }

  @Test
  void shouldHaveEveryMethodThatHazelcastCalls() throws Exception {
    String own = Type.getInternalName(QuietUnsafe.class);
    Set<String> had = new HashSet<>();
    for (Method method : QuietUnsafe.class.getMethods()) {
      had.add(method.getName() + Type.getMethodDescriptor(method).replace(own, UNSAFE));
    }

    Set<String> called = calledByHazelcast();
    assertThat(called).hasSizeGreaterThan(50).isSubsetOf(had);
  }

  @Test
  void shouldBeFoundByTheNameOfItsField() throws Exception {
    var field = QuietUnsafe.class.getDeclaredField("theUnsafe");
    field.setAccessible(true);

    assertThat(field.get(null)).isSameAs(QuietUnsafe.getUnsafe());
  }

  @Test
  void shouldReadAndWriteFields() throws Exception {
    QuietUnsafe unsafe = QuietUnsafe.getUnsafe();
    long offset = unsafe.objectFieldOffset(QuietUnsafeTest.class.getDeclaredField("number"));
    unsafe.putOrderedLong(this, offset, 5);
    assertThat(number).isEqualTo(5);
    assertThat(unsafe.compareAndSwapLong(this, offset, 4, 6)).isFalse();
    assertThat(unsafe.compareAndSwapLong(this, offset, 5, 7)).isTrue();
    assertThat(unsafe.getAndAddLong(this, offset, 3)).isEqualTo(7);
    assertThat(unsafe.getLongVolatile(this, offset)).isEqualTo(number).isEqualTo(10);

    long ofSmall = unsafe.objectFieldOffset(QuietUnsafeTest.class.getDeclaredField("small"));
    unsafe.putOrderedInt(this, ofSmall, 8);
    assertThat(unsafe.compareAndSwapInt(this, ofSmall, 8, 9)).isTrue();
    assertThat(unsafe.getInt(this, ofSmall)).isEqualTo(small).isEqualTo(9);

    long ofObject = unsafe.objectFieldOffset(QuietUnsafeTest.class.getDeclaredField("object"));
    unsafe.putOrderedObject(this, ofObject, "a");
    assertThat(unsafe.compareAndSwapObject(this, ofObject, "a", "b")).isTrue();
    assertThat(unsafe.getAndSetObject(this, ofObject, "c")).isEqualTo("b");
    assertThat(unsafe.getObjectVolatile(this, ofObject)).isSameAs(object).isEqualTo("c");
  }

  @Test
  void shouldReadAndWriteArrays() {
    QuietUnsafe unsafe = QuietUnsafe.getUnsafe();
    byte[] from = {1, 2, 3, 4, 5};
    byte[] to = new byte[5];
    long base = unsafe.arrayBaseOffset(byte[].class);
    assertThat(unsafe.arrayIndexScale(byte[].class)).isEqualTo(1);

    unsafe.copyMemory(from, base + 1, to, base + 2, 3);
    unsafe.putByte(to, base, (byte) 9);

    assertThat(to).containsExactly(9, 0, 2, 3, 4);
    assertThat(unsafe.getByte(from, base + 4)).isEqualTo((byte) 5);
  }
}
