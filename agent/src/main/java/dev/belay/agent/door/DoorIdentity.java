package dev.belay.agent.door;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.belay.agent.wire.Bytes;
import java.security.SecureRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What this JVM is at its door: its instance id, and the source of what nobody is to guess. Made
 * when it is first asked for, since the JDK's first random number loads its providers: the
 * application's thread, which is about to listen, is not to wait for that.
 *
 * <p>Invariant: one id as long as the JVM runs. Any thread.
 */
final class DoorIdentity {
  private static final int INSTANCE_BYTES = 16;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private SecureRandom random;

  @GuardedBy("lock")
  private Bytes instance;

  /** The source of this JVM's nonces and keys. */
  SecureRandom random() {
    lock.lock();
    try {
      if (random == null) {
        random = new SecureRandom();
      }
      return random;
    } finally {
      lock.unlock();
    }
  }

  /** The instance id. */
  Bytes instance() {
    lock.lock();
    try {
      if (instance == null) {
        instance = Bytes.random(INSTANCE_BYTES, random());
      }
      return instance;
    } finally {
      lock.unlock();
    }
  }
}
