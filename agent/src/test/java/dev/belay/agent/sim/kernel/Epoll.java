package dev.belay.agent.sim.kernel;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An epoll instance, level-triggered. As in Linux a registration belongs to the pair of open file
 * and descriptor number: dup2 onto the number leaves it with the old file, and it goes when that
 * file goes.
 */
public final class Epoll extends OpenFile implements OpenFile.Watcher {
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;

  /** What became ready: the number under which the file was registered. */
  public record Ready(int number, int events) {}

  private record Registration(OpenFile file, int number) {}

  private final Map<Registration, Integer> registrations = new LinkedHashMap<>();
  private Runnable onReady = () -> {};

  /** Whom to wake when something is, or may be, ready. */
  public void onReady(Runnable waiter) {
    onReady = waiter;
  }

  @Override
  int readiness() {
    return isAnyReady() ? IN : 0;
  }

  @Override
  void released() {
    for (Registration registration : registrations.keySet()) {
      registration.file().unwatch(this);
    }
    registrations.clear();
  }

  /** Zero or errno. */
  int control(int opcode, OpenFile file, int number, int events) {
    Registration registration = new Registration(file, number);
    boolean isKnown = registrations.containsKey(registration);
    switch (opcode) {
      case 1 -> {
        if (isKnown) {
          return EEXIST;
        }
        registrations.put(registration, events);
        file.watch(this);
      }
      case 2 -> {
        if (!isKnown) {
          return ENOENT;
        }
        registrations.remove(registration);
        file.unwatch(this);
      }
      default -> {
        if (!isKnown) {
          return ENOENT;
        }
        registrations.put(registration, events);
      }
    }
    changed(file);
    return 0;
  }

  void forget(OpenFile gone) {
    Iterator<Registration> all = registrations.keySet().iterator();
    while (all.hasNext()) {
      if (all.next().file() == gone) {
        all.remove();
        gone.unwatch(this);
      }
    }
  }

  @Override
  public void changed(OpenFile file) {
    if (isAnyReady()) {
      onReady.run();
    }
  }

  public boolean isAnyReady() {
    for (Map.Entry<Registration, Integer> entry : registrations.entrySet()) {
      if (reported(entry) != 0) {
        return true;
      }
    }
    return false;
  }

  /** All that is ready now. */
  public List<Ready> ready() {
    List<Ready> found = new ArrayList<>();
    for (Map.Entry<Registration, Integer> entry : registrations.entrySet()) {
      int events = reported(entry);
      if (events != 0) {
        found.add(new Ready(entry.getKey().number(), events));
      }
    }
    return found;
  }

  private static int reported(Map.Entry<Registration, Integer> entry) {
    return entry.getKey().file().readiness() & (entry.getValue() | ERR | HUP);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("epoll");
    registrations.forEach(
        (registration, events) ->
            text.append(" {")
                .append(registration.number())
                .append(" for ")
                .append(events)
                .append(": ")
                .append(registration.file())
                .append('}'));
    return text.toString();
  }
}
