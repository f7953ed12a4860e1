package dev.belay.agent.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** {@link Renaming}: who uses a class finds another under its name, and is the same otherwise. */
final class RenamingTest {
  /** What the user below calls. */
  static final class First {
    static String say(long number, String suffix) {
      return "first " + number + suffix;
    }
  }

  /** What it is to call instead; its name has another length. */
  static final class TheOther {
    static String say(long number, String suffix) {
      return "other " + number + suffix;
    }
  }

  /** With constants of many kinds, two-slot ones among them. */
  static final class User {
    private static final double HALF = 0.5;
    private static final float QUARTER = 0.25f;

    static String use(int of) {
      long big = 0x1234_5678_9abcL;
      LongSupplier later = () -> big + (long) (of * HALF * QUARTER);
      return First.say(later.getAsLong(), " \0\u00e4\u20ac" + of);
    }
  }

  private static final class Loader extends ClassLoader {
    Loader() {
      super(RenamingTest.class.getClassLoader());
    }

    Class<?> define(byte[] classFile) {
      return defineClass(null, classFile, 0, classFile.length);
    }
  }

  private static byte[] classFile(Class<?> of) throws Exception {
    String name = of.getName().replace('.', '/') + ".class";
    try (InputStream in = of.getClassLoader().getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static String slashed(Class<?> type) {
    return type.getName().replace('.', '/');
  }

  private static Object use(Class<?> user) throws Exception {
    Method method = user.getDeclaredMethod("use", int.class);
    method.setAccessible(true);
    return method.invoke(null, 64);
  }

  @Test
  void shouldLeadToTheOtherClass() throws Exception {
    Loader loader = new Loader();
    loader.define(new Renaming("nobody", "x").of(classFile(First.class)));
    loader.define(new Renaming("nobody", "x").of(classFile(TheOther.class)));
    Class<?> user =
        loader.define(
            new Renaming(slashed(First.class), slashed(TheOther.class)).of(classFile(User.class)));

    assertThat(user).isNotSameAs(User.class);
    assertThat(use(user)).isEqualTo(User.use(64).replace("first", "other"));
  }

  @Test
  void shouldChangeNothingElse() throws Exception {
    byte[] before = classFile(User.class);

    assertThat(new Renaming("sun/misc/Unsafe", "x").of(before)).isEqualTo(before);
  }

  @Test
  void shouldRejectWhatIsNoClassFile() throws Exception {
    byte[] cut = Arrays.copyOf(classFile(User.class), 100);
    byte[] wrong = classFile(User.class);
    wrong[10] = 99;

    Renaming renaming = new Renaming("a", "b");
    assertThatExceptionOfType(ClassFormatError.class).isThrownBy(() -> renaming.of(cut));
    assertThatExceptionOfType(ClassFormatError.class).isThrownBy(() -> renaming.of(wrong));
  }
}
