package dev.belay.agent.descriptor;

import dev.belay.agent.session.Session;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/** Memory in which counting takes as long as the test wants it to. */
final class HeldMemory extends WatchedMemory {
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile boolean isHeld;
  private volatile boolean isToHold;

  /** Another thread is in the middle of the session, with its lock, for a while. */
  Background<?> holdSessionLock(Session session) {
    isToHold = true;
    ByteBuffer none = Application.direct(new byte[1]);
    Background<?> holder =
        Background.start(
            "holder",
            () -> {
              session.sent(JdkMemory.addressOf(none), 1);
              return null;
            });
    Soon.until("lock held", () -> isHeld);
    return holder;
  }

  void letGo() {
    release.countDown();
  }

  @Override
  void counting() {
    isHeld = isToHold;
    while (isToHold && release.getCount() > 0) {
      Thread.onSpinWait();
    }
  }
}
