package dev.belay.agent.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.HashSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/** What a woven dispatcher does with the answers of its hook and of the kernel. */
final class WovenDispatcherTest {
  private static final int MIB = 1 << 20;
  private static final int UNAVAILABLE = BelayNative.UNAVAILABLE;

  private final ScriptedHook hook = new ScriptedHook();
  private FileDescriptor fd;
  private Object dispatcher;

  @BeforeEach
  void define() throws Exception {
    fd = BelayNative.socket();
    dispatcher = new Woven().dispatcher();
    BelaySeam.guard(BelaySeam.number(fd), hook);
    ScriptedKernel.clear();
  }

  @AfterEach
  void close() throws Exception {
    BelaySeam.unguard(BelaySeam.number(fd), hook);
    BelayNative.close(fd);
  }

  private Object call(String name, long address, int length) throws Exception {
    Method method =
        dispatcher.getClass().getMethod(name, FileDescriptor.class, long.class, int.class);
    try {
      return method.invoke(dispatcher, fd, address, length);
    } catch (java.lang.reflect.InvocationTargetException e) {
      throw (Exception) e.getCause();
    }
  }

  @Test
  void shouldCallTheKernelAloneWithoutAHook() throws Exception {
    BelaySeam.unguard(BelaySeam.number(fd), hook);
    ScriptedKernel.answers(5 * MIB);

    assertThat(call("write", 1000, 5 * MIB)).isEqualTo(5 * MIB);

    assertThat(ScriptedKernel.calls()).containsExactly("write 1000 " + 5 * MIB);
    assertThat(hook.calls()).isEmpty();
  }

  @Test
  void shouldAskTheHookBeforeAndTellItAfterwards() throws Exception {
    ScriptedKernel.answers(7, 8, 9, 10);

    assertThat(call("read", 1, 70)).isEqualTo(7);
    assertThat(call("readv", 2, 80)).isEqualTo(8L);
    assertThat(call("write", 3, 90)).isEqualTo(9);
    assertThat(call("writev", 4, 100)).isEqualTo(10L);

    assertThat(hook.calls())
        .containsExactly(
            "beginRead",
            "endRead 1 7",
            "beginRead",
            "endReadVector 2 80 8",
            "beginWrite",
            "endWrite 3 9",
            "beginWrite",
            "endWriteVector 4 100 10");
  }

  @Test
  void shouldNotCallTheKernelWhenTheHookHasAnAnswer() throws Exception {
    hook.beginsWith(UNAVAILABLE, UNAVAILABLE);

    assertThat(call("read", 1, 70)).isEqualTo(UNAVAILABLE);
    assertThat(call("write", 1, 70)).isEqualTo(UNAVAILABLE);

    assertThat(ScriptedKernel.calls()).isEmpty();
  }

  @Test
  void shouldGiveAFailureToTheHookAndAskAgain() throws Exception {
    ScriptedKernel.fails("reset");
    ScriptedKernel.answers(7);
    hook.failuresAreAnsweredWith(BelayHook.RETRY);

    assertThat(call("write", 1, 70)).isEqualTo(7);

    assertThat(hook.calls())
        .containsExactly("beginWrite", "writeFailed reset", "beginWrite", "endWrite 1 7");
  }

  @Test
  void shouldThrowWhatTheHookThrows() {
    ScriptedKernel.fails("reset");

    assertThatThrownBy(() -> call("read", 1, 70))
        .isInstanceOf(IOException.class)
        .hasMessage("reset");
  }

  @Test
  void shouldWriteALongBufferInPieces() throws Exception {
    ScriptedKernel.answers(MIB, MIB, 5);

    assertThat(call("write", 1000, 2 * MIB + 5)).isEqualTo(2 * MIB + 5);

    assertThat(ScriptedKernel.calls())
        .containsExactly(
            "write 1000 " + MIB,
            "write " + (1000 + MIB) + " " + MIB,
            "write " + (1000 + 2 * MIB) + " 5");
    assertThat(hook.calls()).filteredOn(call -> call.startsWith("endWrite")).hasSize(3);
  }

  @Test
  void shouldSayHowMuchWasTakenWhenTheHookDoesNotGoOn() throws Exception {
    ScriptedKernel.answers(MIB, 300);

    assertThat(call("write", 1000, 2 * MIB)).isEqualTo(MIB + 300);

    assertThat(ScriptedKernel.calls()).hasSize(2);
  }

  @Test
  void shouldSayHowMuchWasTakenWhenThereIsNoRoomForTheNextPiece() throws Exception {
    ScriptedKernel.answers(MIB, UNAVAILABLE);

    assertThat(call("write", 1000, 2 * MIB)).isEqualTo(MIB);
  }

  @Test
  void shouldGoOnBehindAPartWhenTheHookSaysSo() throws Exception {
    hook.goesOnAlways();
    hook.beginsWith(BelayHook.GO, UNAVAILABLE);
    ScriptedKernel.answers(30, 40);

    assertThat(call("write", 1000, 70)).isEqualTo(70);

    assertThat(ScriptedKernel.calls()).containsExactly("write 1000 70", "write 1030 40");
  }

  /** A loader of its own for the dispatcher of each test; the JVM verifies what it defines. */
  private static final class Woven extends ClassLoader {
    Woven() {
      super(WovenDispatcherTest.class.getClassLoader());
    }

    Object dispatcher() throws Exception {
      CallSites sites = new CallSites();
      byte[] woven =
          new Weaver(sites, problem -> {})
              .weave(
                  CallSites.PACKAGE + "SocketDispatcher",
                  Dispatchers.file(Dispatchers.Scripted.class),
                  new HashSet<>());
      Class<?> type = defineClass(Dispatchers.Scripted.class.getName(), woven, 0, woven.length);
      return type.getConstructor().newInstance();
    }
  }
}
