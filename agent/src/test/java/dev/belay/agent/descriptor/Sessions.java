package dev.belay.agent.descriptor;

import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.NativeStream;
import dev.belay.agent.session.Session;
import dev.belay.replicator.log.SessionId;

/** Sessions with real native memory and plenty of room. */
public final class Sessions {
  private static final long LOG_LIMIT_BYTES = 64 << 20;
  private static final SessionId ID = new SessionId(1, 2);

  private Sessions() {}

  public static Session ofClient() {
    return ofClient(new JdkMemory());
  }

  /** With memory of the test's own. */
  public static Session ofClient(NativeStream memory) {
    return Session.ofClient(ID, "7001", environment(memory));
  }

  /** One whose application waits when its log is full. */
  public static Session ofClientThatWaits(long logLimitBytes) {
    MemoryBudget budget = new MemoryBudget(LOG_LIMIT_BYTES);
    Session session =
        Session.ofClient(
            ID, "7001", new Session.Environment(new JdkMemory(), budget, logLimitBytes, () -> {}));
    session.sentLog().waitAtLimit();
    return session;
  }

  public static Session ofServer() {
    return Session.ofServer(ID, "7001", 1, environment(new JdkMemory()), null);
  }

  private static Session.Environment environment(NativeStream memory) {
    return new Session.Environment(
        memory, new MemoryBudget(4 * LOG_LIMIT_BYTES), LOG_LIMIT_BYTES, () -> {});
  }
}
