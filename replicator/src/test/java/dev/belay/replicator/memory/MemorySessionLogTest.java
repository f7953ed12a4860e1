package dev.belay.replicator.memory;

import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.log.SessionLogContract;
import java.time.Duration;

/** {@link MemorySessionLog} keeps the contract. */
final class MemorySessionLogTest extends SessionLogContract {

  private long nowNs = Long.MAX_VALUE - 1000;
  private final SessionLog log = new MemorySessionLog(() -> nowNs);

  @Override
  protected SessionLog log() {
    return log;
  }

  @Override
  protected void pass(Duration time) {
    nowNs += time.toNanos();
  }
}
