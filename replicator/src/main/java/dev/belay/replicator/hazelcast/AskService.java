package dev.belay.replicator.hazelcast;

import com.hazelcast.internal.services.ManagedService;
import com.hazelcast.internal.services.MembershipAwareService;
import com.hazelcast.internal.services.MembershipServiceEvent;
import com.hazelcast.spi.impl.NodeEngine;
import dev.belay.replicator.members.Holder;
import java.util.Properties;
import java.util.function.Consumer;

/**
 * Our service within Hazelcast: what operations of other members find here. Survives a reset of the
 * member, as it happens when two clusters become one: what is held is not Hazelcast's.
 */
final class AskService implements ManagedService, MembershipAwareService {

  static final String NAME = "belay";

  private static final byte[] NOTHING = {};

  private final Holder holder;
  private final Consumer<byte[]> onOffer;
  private final Runnable onMembers;

  /** Null until Hazelcast has got so far. Volatile: set by the thread that starts it. */
  private volatile NodeEngine engine;

  /**
   * @param holder answers what is asked of this member
   * @param onOffer told of another's offer, in a thread of Hazelcast's
   * @param onMembers told that members may have come or gone, in a thread of Hazelcast's
   */
  AskService(Holder holder, Consumer<byte[]> onOffer, Runnable onMembers) {
    this.holder = holder;
    this.onOffer = onOffer;
    this.onMembers = onMembers;
  }

  /** Null until Hazelcast has got so far. */
  NodeEngine engine() {
    return engine;
  }

  byte[] serve(AskOperation.Kind kind, byte[] request) {
    return switch (kind) {
      case LOG -> holder.serve(request);
      case OFFER -> {
        onOffer.accept(request);
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
    onMembers.run();
  }

  @Override
  public void shutdown(boolean terminate) {}

  @Override
  public void memberAdded(MembershipServiceEvent event) {
    onMembers.run();
  }

  @Override
  public void memberRemoved(MembershipServiceEvent event) {
    onMembers.run();
  }
}
