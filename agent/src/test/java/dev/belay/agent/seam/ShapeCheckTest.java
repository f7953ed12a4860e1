package dev.belay.agent.seam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of a JDK whose classes are, or are not, as expected. */
final class ShapeCheckTest {
  private static final byte[] MISSING = {};

  private final CallSites sites = new CallSites();

  /** Class files that take the place of the running JDK's. */
  private final Map<String, byte[]> others = new HashMap<>();

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    new ShapeCheck(sites, new Weaver(sites, problems::add), this::open).addProblemsTo(problems);
    return problems;
  }

  private InputStream open(String name) {
    byte[] other = others.get(name);
    if (other == null) {
      return ShapeCheck.ofRunningJdk(name);
    }
    return other.length == 0 ? null : new ByteArrayInputStream(other);
  }

  private void replace(String name, byte[] by) {
    others.put(CallSites.PACKAGE + name, by);
  }

  @Test
  void shouldFindNothingWrongWithTheRunningJdk() {
    assertThat(problems()).isEmpty();
    assertThat(new Seam(problem -> {}).problems()).isEmpty();
  }

  @Test
  void shouldNameACallThatAClassDoesNotMake() throws Exception {
    replace("SelChImpl", JdkClass.find("java/lang/Object").file());

    assertThat(problems())
        .containsExactly("class sun.nio.ch.SelChImpl does not call Net.poll as expected");
  }

  @Test
  void shouldNameAllCallsThatClassesDoNotMake() throws Exception {
    replace("SelChImpl", JdkClass.find("java/lang/Object").file());
    replace("ServerSocketChannelImpl", JdkClass.find("java/lang/Object").file());

    assertThat(problems())
        .containsExactlyInAnyOrder(
            "class sun.nio.ch.SelChImpl does not call Net.poll as expected",
            "class sun.nio.ch.ServerSocketChannelImpl does not call IOUtil.configureBlocking as"
                + " expected",
            "class sun.nio.ch.ServerSocketChannelImpl does not call Net.accept as expected",
            "class sun.nio.ch.ServerSocketChannelImpl does not call Net.listen as expected");
  }

  @Test
  void shouldNameAClassThatIsMissing() {
    replace("EPollPort", MISSING);

    assertThat(problems()).containsExactly("class sun.nio.ch.EPollPort is missing");
  }

  @Test
  void shouldNotMissAnOptionalClass() {
    replace("EPollPoller", MISSING);
    replace("SocketAdaptor", MISSING);

    assertThat(problems()).isEmpty();
  }

  @Test
  void shouldSayWhyADispatcherCannotBeWoven() throws Exception {
    replace("SocketDispatcher", Dispatchers.file(Dispatchers.Talkative.class));
    replace("UnixDispatcher", MISSING);

    assertThat(problems())
        .containsExactlyInAnyOrder(
            "class sun.nio.ch.SocketDispatcher: unexpected call in write: nanoTime",
            "sun.nio.ch dispatcher: no method close(FileDescriptor)",
            "sun.nio.ch dispatcher: no method preClose(FileDescriptor, ...)");
  }

  @Test
  void shouldSayWhenAClassFileCannotBeRead() {
    replace("SelChImpl", new byte[3]);

    assertThat(problems()).hasSize(1);
    assertThat(problems().get(0)).startsWith("class sun.nio.ch.SelChImpl: ");
  }
}
