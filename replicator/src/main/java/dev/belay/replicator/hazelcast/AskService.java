package dev.belay.replicator.hazelcast;

import com.hazelcast.internal.services.ManagedService;
import com.hazelcast.internal.services.MembershipAwareService;
import com.hazelcast.internal.services.MembershipServiceEvent;
import com.hazelcast.spi.impl.NodeEngine;
import java.util.Properties;

/**
 * Our service within Hazelcast: what operations of other members find here. Survives a reset of the
 * member, as it happens when two clusters become one: what is held is not Hazelcast's.
 */
final class AskService implements ManagedService, MembershipAwareService {

  static final String NAME = "belay";

  private static final byte[] NOTHING = {};

  private final Inbox inbox;

  /** Null until Hazelcast has got so far. Volatile: set by the thread that starts it. */
  private volatile NodeEngine engine;

  AskService(Inbox inbox) {
    this.inbox = inbox;
  }

  /** Null until Hazelcast has got so far. */
  NodeEngine engine() {
    return engine;
  }

  byte[] serve(AskOperation.Kind kind, byte[] request) {
    return switch (kind) {
      case LOG -> inbox.calls(request);
      case OFFER -> {
        inbox.offer(request);
        yield NOTHING;
      }
    };
  }

  @Override
  public void init(NodeEngine nodeEngine, Properties properties) {
    engine = nodeEngine;
  }

  @Override
  public void reset() {
    inbox.members();
  }

  @Override
  public void shutdown(boolean terminate) {}

  @Override
  public void memberAdded(MembershipServiceEvent event) {
    inbox.members();
  }

  @Override
  public void memberRemoved(MembershipServiceEvent event) {
    inbox.members();
  }
}
