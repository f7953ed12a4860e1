package sun.nio.ch;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The epoll registrations of one descriptor number, because dup2(2) drops them silently and they
 * have to be made again on the new link.
 *
 * <p>Invariant: under {@link #lock} the kernel's registrations of this descriptor number are those
 * noted here, without what is {@link #hold held back}, except between {@link #withdraw} and {@link
 * #renew}, which run under one hold of the lock with the dup2 between them.
 */
public final class BelayPolls {
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;

  /** Guards all fields, and the descriptor's links; held over epoll_ctl and over dup2 of it. */
  public final ReentrantLock lock = new ReentrantLock();

  /** Of each registration the epoll instance and the events, one behind the other. */
  private int[] registrations = new int[2];

  /** Of a listener, see {@link BelaySeam#isAccepting}. */
  volatile boolean isAccepting;

  private int count;
  private boolean guarded;
  private boolean holdsWrites;

  /** From now on lost registrations are expected: ADD and MOD take each other's place. */
  public void guard() {
    lock.lock();
    try {
      guarded = true;
    } finally {
      lock.unlock();
    }
  }

  /** While {@code writes}, nobody hears that {@code fd} could be written to. */
  public void hold(int fd, boolean writes) {
    lock.lock();
    try {
      holdsWrites = writes;
      for (int i = 0; i < count; i++) {
        if ((events(i) & EPoll.EPOLLOUT) != 0) {
          EPoll.ctl(epoll(i), EPoll.EPOLL_CTL_MOD, fd, told(events(i)));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private int told(int mask) {
    return holdsWrites ? mask & ~EPoll.EPOLLOUT : mask;
  }

  /**
   * A virtual thread that registers is in its poller's table by now, and the next time that it
   * parks it waits for the poller. Should it have to park here, for the lock, it may be the poller
   * that wakes it, as the link that is just being installed is ready; that would be missing later.
   * So it gets another permit, and looks at its socket once more.
   */
  int control(int epfd, int opcode, int fd, int mask) {
    if (!lock.tryLock()) {
      lock.lock();
      LockSupport.unpark(Thread.currentThread());
    }
    try {
      note(epfd, opcode, mask);
      int error = EPoll.ctl(epfd, opcode, fd, told(mask));
      return guarded ? repair(error, epfd, opcode, fd, told(mask)) : error;
    } finally {
      lock.unlock();
    }
  }

  private static int repair(int error, int epfd, int opcode, int fd, int mask) {
    if (error == ENOENT && opcode == EPoll.EPOLL_CTL_MOD) {
      return EPoll.ctl(epfd, EPoll.EPOLL_CTL_ADD, fd, mask);
    }
    if (error == EEXIST && opcode == EPoll.EPOLL_CTL_ADD) {
      return EPoll.ctl(epfd, EPoll.EPOLL_CTL_MOD, fd, mask);
    }
    return error == ENOENT && opcode == EPoll.EPOLL_CTL_DEL ? 0 : error;
  }

  /** Takes all registrations back before a dup2 onto {@code fd}. Caller holds the lock. */
  public void withdraw(int fd) {
    for (int i = 0; i < count; i++) {
      EPoll.ctl(epoll(i), EPoll.EPOLL_CTL_DEL, fd, 0); // if it is not there, so much the better
    }
  }

  /** Makes all registrations again after a dup2 onto {@code fd}. Caller holds the lock. */
  public void renew(int fd) {
    for (int i = 0; i < count; i++) {
      int error = EPoll.ctl(epoll(i), EPoll.EPOLL_CTL_ADD, fd, told(events(i)));
      repair(error, epoll(i), EPoll.EPOLL_CTL_ADD, fd, told(events(i)));
    }
  }

  /** An epoll instance is gone, and with it the registrations: its number may come again. */
  void forget(int epfd) {
    lock.lock();
    try {
      note(epfd, EPoll.EPOLL_CTL_DEL, 0);
    } finally {
      lock.unlock();
    }
  }

  private void note(int epfd, int opcode, int mask) {
    int i = 0;
    while (i < count && epoll(i) != epfd) {
      i++;
    }
    if (opcode == EPoll.EPOLL_CTL_DEL) {
      remove(i);
      return;
    }
    if (2 * i == registrations.length) {
      registrations = Arrays.copyOf(registrations, 2 * i + 2);
    }
    put(i, epfd, mask);
    count = Math.max(count, i + 1);
  }

  private int epoll(int i) {
    return registrations[2 * i];
  }

  private int events(int i) {
    return registrations[2 * i + 1];
  }

  private void put(int i, int epoll, int events) {
    registrations[2 * i] = epoll;
    registrations[2 * i + 1] = events;
  }

  private void remove(int i) {
    if (i < count) {
      count--;
      put(i, epoll(count), events(count));
    }
  }
}
