package dev.belay.agent.sim.kernel;

import java.io.IOException;

/** Stands in for the JDK's {@code EPoll}. */
public final class EpollCalls {
  private static final int EBADF = 9;

  private EpollCalls() {}

  /** Zero or errno. */
  public static int ctl(int epfd, int opcode, int fd, int events) {
    try {
      Epoll epoll = (Epoll) Jvm.current().file(epfd);
      return epoll.control(opcode, Jvm.current().file(fd), fd, events);
    } catch (IOException e) {
      return EBADF;
    }
  }
}
