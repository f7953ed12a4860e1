package dev.belay.agent.sim.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * An open file of a simulated kernel: what descriptor numbers name. It lives until its last name is
 * closed and no call is in progress on it.
 *
 * <p>Invariant: whoever waits for it is told of every change. One thread.
 */
public abstract class OpenFile {
  public static final int IN = 1;
  public static final int OUT = 4;
  public static final int ERR = 8;
  public static final int HUP = 16;
  public static final int PEER_ENDED = 0x2000;

  /** A thread or epoll instance that waits. */
  interface Watcher {
    void changed(OpenFile file);
  }

  private final List<Watcher> watchers = new ArrayList<>(2);
  private int holders;
  private boolean isBlocking = true;

  /** Which of {@link #IN}, {@link #OUT}, {@link #ERR} and {@link #HUP} hold. */
  abstract int readiness();

  /** The last name is gone. */
  abstract void released();

  public boolean isReady(int events) {
    return (readiness() & (events | ERR | HUP)) != 0;
  }

  final void hold() {
    holders++;
  }

  final void letGo() {
    if (--holders == 0) {
      released();
      for (Watcher watcher : List.copyOf(watchers)) {
        if (watcher instanceof Epoll) {
          ((Epoll) watcher).forget(this);
        }
      }
    }
  }

  final boolean isHeld() {
    return holders > 0;
  }

  final void watch(Watcher watcher) {
    watchers.add(watcher);
  }

  final void unwatch(Watcher watcher) {
    watchers.remove(watcher);
  }

  final void changed() {
    if (!watchers.isEmpty()) {
      for (Watcher watcher : List.copyOf(watchers)) {
        watcher.changed(this);
      }
    }
  }

  /** O_NONBLOCK is the file's, not the descriptor's. */
  public final boolean isBlocking() {
    return isBlocking;
  }

  final void blocking(boolean blocking) {
    isBlocking = blocking;
  }
}
