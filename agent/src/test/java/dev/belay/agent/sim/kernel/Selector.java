package dev.belay.agent.sim.kernel;

import java.io.IOException;
import java.util.List;

/** An epoll instance of the application, on which one thread selects. */
public final class Selector {
  /** What to do with what became ready, one after the other. */
  public interface Selected {
    void selected(List<Epoll.Ready> ready) throws IOException;
  }

  private final Epoll epoll = new Epoll();
  private final int number;

  public Selector(Jvm jvm) throws IOException {
    this.number = jvm.install(epoll);
    epoll.onReady(epoll::changed);
  }

  int number() {
    return number;
  }

  /** Sleeps until something is ready. */
  public void select(AppThread thread, Selected then) {
    thread.sleep(epoll, OpenFile.IN, bySignal -> thread.then(() -> then.selected(epoll.ready())));
  }
}
