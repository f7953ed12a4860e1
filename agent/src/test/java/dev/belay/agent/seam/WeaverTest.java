package dev.belay.agent.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.CheckClassAdapter;

/** The classes of the running JDK, woven as they are at run time but not loaded. */
final class WeaverTest {
  private static final String DISPATCHER = CallSites.PACKAGE + "SocketDispatcher";

  private final CallSites sites = new CallSites();
  private final List<String> failures = new ArrayList<>();
  private final Weaver weaver = new Weaver(sites, failures::add);

  private JdkClass woven(JdkClass original) {
    return original.with(weaver.weave(original.name(), original.file(), new HashSet<>()));
  }

  private JdkClass woven(String name) throws IOException {
    return woven(JdkClass.find(CallSites.PACKAGE + name));
  }

  private long redirectable(JdkClass in) {
    return in.calls().stream().filter(call -> isRedirected(in, call)).count();
  }

  private boolean isRedirected(JdkClass in, JdkClass.Call call) {
    return sites.isRedirected(
        in.name(), call.method(), call.owner(), call.name(), call.descriptor());
  }

  private static List<String> seamCallsIn(JdkClass woven, String method) {
    return woven.callsIn(method).stream()
        .filter(call -> call.owner().equals(CallSites.SEAM))
        .map(JdkClass.Call::name)
        .toList();
  }

  @Test
  void shouldLeaveNoListedCallAsItWas() throws Exception {
    for (JdkClass original : JdkClass.all(sites)) {
      JdkClass woven = woven(original);

      assertThat(redirectable(woven)).as(original.name()).isZero();
    }
  }

  @Test
  void shouldRedirectEachListedCallToTheSeamsMethodForIt() throws Exception {
    for (JdkClass original : JdkClass.all(sites)) {
      JdkClass woven = woven(original);

      List<JdkClass.Call> expected = new ArrayList<>();
      for (JdkClass.Call c : original.calls()) {
        if (isRedirected(original, c)) {
          String name = sites.target(c.method(), c.name());
          expected.add(new JdkClass.Call(c.method(), CallSites.SEAM, name, c.descriptor()));
        }
      }
      assertThat(woven.calls()).as(original.name()).containsAll(expected);
    }
  }

  /** One who closes reads no more; one who ends the output may read for hours. */
  @Test
  void shouldTellAHalfCloseFromAClose() throws Exception {
    JdkClass channel = woven("SocketChannelImpl");
    JdkClass socket = woven("NioSocketImpl");
    JdkClass asynchronous = woven("AsynchronousSocketChannelImpl");

    for (JdkClass each : List.of(channel, socket, asynchronous)) {
      assertThat(seamCallsIn(each, "shutdownOutput")).containsExactly("shutdown");
      assertThat(seamCallsIn(each, "shutdownInput")).containsExactly("shutdown");
    }
    assertThat(seamCallsIn(channel, "implCloseNonBlockingMode")).contains("shutdownToClose");
    assertThat(seamCallsIn(socket, "close")).contains("shutdownToClose");
  }

  @Test
  void shouldMeetWhatEachClassMustCall() throws Exception {
    for (JdkClass original : JdkClass.all(sites)) {
      Set<String> met = new HashSet<>();

      weaver.weave(original.name(), original.file(), met);

      assertThat(met).as(original.name()).containsAll(sites.required(original.name()));
    }
  }

  @Test
  void shouldCallOnlyMethodsThatTheSeamHas() throws Exception {
    List<String> seam = JdkClass.find(CallSites.SEAM).methods();
    for (JdkClass original : JdkClass.all(sites)) {
      JdkClass woven = woven(original);

      assertThat(woven.calls())
          .filteredOn(call -> call.owner().equals(CallSites.SEAM))
          .as(original.name())
          .allMatch(call -> seam.contains(call.name() + call.descriptor()));
    }
  }

  @Test
  void shouldMakeClassesThatVerify() throws Exception {
    for (JdkClass original : JdkClass.all(sites)) {
      StringWriter complaints = new StringWriter();
      ClassReader woven = new ClassReader(woven(original).file());

      CheckClassAdapter.verify(
          woven, ClassLoader.getSystemClassLoader(), false, new PrintWriter(complaints));

      assertThat(complaints).as(original.name()).hasToString("");
    }
  }

  @Test
  void shouldChangeMethodBodiesOnly() throws Exception {
    for (JdkClass original : JdkClass.all(sites)) {
      assertThat(woven(original).methods()).as(original.name()).isEqualTo(original.methods());
    }
  }

  @Test
  void shouldPutTheHookAroundTheNativeCallOfTheDispatcher() throws Exception {
    JdkClass woven = woven("SocketDispatcher");

    for (DispatcherMethod.Shape shape : DispatcherMethod.Shape.values()) {
      assertThat(woven.callsIn(shape.method))
          .filteredOn(call -> call.owner().equals(CallSites.HOOK))
          .extracting(JdkClass.Call::name)
          .contains(shape.begin, shape.end, shape.failed);
      assertThat(woven.callsIn(shape.method))
          .filteredOn(call -> call.descriptor().equals(shape.descriptor()))
          .as("with and without a hook")
          .hasSize(2);
    }
    assertThat(seamCallsIn(woven, "write")).contains("hook", "piece", "count", "total");
  }

  @Test
  void shouldTellOfEachCloseBeforeItHappens() throws Exception {
    JdkClass dispatcher = woven("SocketDispatcher");
    JdkClass unix = JdkClass.find(CallSites.PACKAGE + "UnixDispatcher");
    List<String> told = new ArrayList<>();

    for (JdkClass each : unix == null ? List.of(dispatcher) : List.of(dispatcher, woven(unix))) {
      for (JdkClass.Call call : each.calls()) {
        if (call.owner().equals(CallSites.SEAM) && call.name().equals("released")) {
          told.add(call.method());
        }
      }
    }

    assertThat(told).contains("close").containsAnyOf("preClose", "implPreClose");
  }

  @Test
  void shouldAskBeforeSendfile() throws Exception {
    assertThat(woven("FileChannelImpl").calls())
        .filteredOn(call -> call.owner().equals(CallSites.SEAM))
        .extracting(JdkClass.Call::name)
        .containsExactly("isGuarded");
  }

  @Test
  void shouldLeaveTheSelectorsOwnWakeUpAlone() throws Exception {
    JdkClass original = JdkClass.find(CallSites.PACKAGE + "EPollSelectorImpl");

    JdkClass woven = woven(original);

    assertThat(woven.callsIn("<init>")).isEqualTo(original.callsIn("<init>"));
    assertThat(seamCallsIn(woven, "implClose")).containsExactly("epollClosed");
  }

  @Test
  void shouldNoteThatAsynchronousSocketsAreNonBlocking() throws Exception {
    JdkClass woven = woven("UnixAsynchronousSocketChannelImpl");

    assertThat(seamCallsIn(woven, "<init>")).contains("configureBlocking");
  }

  @Test
  void shouldMoveSessionsBeforeTheFirstShutdownHook() throws Exception {
    JdkClass original = JdkClass.find(CallSites.HOOKS);

    JdkClass woven = woven(original);

    assertThat(woven.callsIn("runHooks").get(0).name()).isEqualTo("beforeHooks");
    assertThat(woven.calls().size()).isEqualTo(original.calls().size() + 1);
  }

  // ---- what is not woven ----

  @Test
  void shouldNotTouchAClassOfAnotherLoaderOrName() throws Exception {
    JdkClass listed = JdkClass.find(CallSites.PACKAGE + "NioSocketImpl");
    ClassLoader another = getClass().getClassLoader();

    assertThat(weaver.transform(another, listed.name(), null, null, listed.file())).isNull();
    assertThat(weaver.transform(null, "sun/nio/ch/Net", null, null, listed.file())).isNull();
    assertThat(weaver.transform(null, "java/net/Socket", null, null, listed.file())).isNull();
    assertThat(weaver.transform(null, listed.name(), null, null, listed.file())).isNotNull();
    assertThat(failures).isEmpty();
  }

  @Test
  void shouldLeaveAClassOfAnUnexpectedShapeAsItIsAndSayWhatIsMissing() throws Exception {
    byte[] another = JdkClass.find("java/lang/Object").file();

    byte[] woven = weaver.transform(null, "sun/nio/ch/SelChImpl", null, null, another);

    assertThat(woven).isNull();
    assertThat(failures)
        .containsExactly("class sun.nio.ch.SelChImpl does not call [Net.poll] as expected");
    assertThat(weaver.failure()).isEqualTo(failures.get(0));
  }

  @Test
  void shouldSayWhenAClassFileCannotBeRead() {
    byte[] woven = weaver.transform(null, "sun/nio/ch/SelChImpl", null, null, new byte[10]);

    assertThat(woven).isNull();
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0)).startsWith("class sun.nio.ch.SelChImpl: java.lang.");
  }

  @Test
  void shouldNotDropWhatADispatcherDoesBesidesItsNativeCall() throws Exception {
    byte[] file = Dispatchers.file(Dispatchers.Talkative.class);

    assertThatIllegalStateException()
        .isThrownBy(() -> weaver.weave(DISPATCHER, file, new HashSet<>()))
        .withMessage("unexpected call in write: nanoTime");
  }

  @Test
  void shouldNotWeaveADispatcherWithoutANativeCall() throws Exception {
    byte[] file = Dispatchers.file(Dispatchers.Idle.class);

    assertThatIllegalStateException()
        .isThrownBy(() -> weaver.weave(DISPATCHER, file, new HashSet<>()))
        .withMessage("no native call in write");
  }
}
