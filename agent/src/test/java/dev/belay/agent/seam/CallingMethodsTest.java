package dev.belay.agent.seam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;

final class CallingMethodsTest {
  private final CallSites sites = new CallSites();

  /** A class with constants that take two places, which are not counted alike everywhere. */
  static final class Caller {
    private static final long LARGE = 0x1234_5678_9abcL;
    private final double field = 0.25 * LARGE;

    static int connect() {
      return 1;
    }

    int calling() {
      return connect() + 0xb8;
    }

    long other() {
      return LARGE + Long.numberOfLeadingZeros(LARGE) + (long) field;
    }
  }

  private boolean isRedirected(JdkClass in, JdkClass.Call call) {
    return sites.isRedirected(
        in.name(), call.method(), call.owner(), call.name(), call.descriptor());
  }

  @Test
  void shouldFindTheMethodThatCallsAndNoOther() throws Exception {
    ClassReader caller = new ClassReader(Dispatchers.file(Caller.class));

    Set<String> found = CallingMethods.of(caller, Set.of("connect"));

    assertThat(found).containsExactly("calling()I");
  }

  @Test
  void shouldMissNoneInTheClassesOfTheJdk() throws Exception {
    for (JdkClass original : JdkClass.all(sites)) {
      Set<String> calling =
          original.calls().stream()
              .filter(call -> isRedirected(original, call))
              .map(JdkClass.Call::method)
              .collect(Collectors.toSet());

      Set<String> found = CallingMethods.of(new ClassReader(original.file()), sites.names());

      assertThat(found.stream().map(method -> method.substring(0, method.indexOf('('))))
          .as(original.name())
          .containsAll(calling);
    }
  }
}
