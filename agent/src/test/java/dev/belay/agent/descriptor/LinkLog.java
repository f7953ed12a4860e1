package dev.belay.agent.descriptor;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a descriptor told the owner of its session, in order. Any thread. */
public final class LinkLog implements LinkEvents {
  private final List<String> entries = new CopyOnWriteArrayList<>();

  /** All that was told so far, a word each; a loss with its cause behind a colon. */
  public List<String> entries() {
    return entries;
  }

  /** Whether a link ended by itself. */
  public boolean hasLoss() {
    return entries.stream().anyMatch(entry -> entry.matches("lost:.*|suspended"));
  }

  @Override
  public void linkLost(String cause) {
    entries.add("lost:" + cause);
  }

  @Override
  public void inputSuspended() {
    entries.add("suspended");
  }

  @Override
  public void outputEnded(boolean isClosing) {
    entries.add(isClosing ? "closing" : "outputEnded");
  }

  @Override
  public void closed(boolean abortive) {
    entries.add(abortive ? "aborted" : "closed");
  }

  @Override
  public void broken(String cause) {
    entries.add("broken:" + cause);
  }

  @Override
  public void pumped() {
    entries.add("pumped");
  }
}
