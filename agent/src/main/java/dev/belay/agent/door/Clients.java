package dev.belay.agent.door;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.LinkNumberWindow;
import dev.belay.agent.wire.PairKeys;
import java.util.HashMap;
import java.util.Map;

/**
 * The client JVMs that this server knows, each with its present control link, and the pairs whose
 * prefaces are believed.
 *
 * <p>Invariant: a pair is known exactly while its control link is open and admitted. Loop thread,
 * but for {@link Client#link}.
 */
final class Clients {
  /** One client JVM. */
  static final class Client {
    final Bytes instance;
    final String name;
    final ClientSessions sessions = new ClientSessions();
    private volatile ControlLink link;
    private boolean endedInOrder;
    private int connects;

    private Client(Bytes instance, String name) {
      this.instance = instance;
      this.name = name;
    }

    /** The present control link, or null. Any thread. */
    ControlLink link() {
      return link;
    }

    /** How many control links it has had: tells one absence from the next. */
    int connects() {
      return connects;
    }

    /** True when its last control link came to an end as when the process dies. */
    boolean endedInOrder() {
      return endedInOrder;
    }
  }

  /** What a preface is verified with. */
  record Pair(PairKeys keys, LinkNumberWindow window, Client client) {
    /** Its control link, and the keys with it, may go while a data link waits. */
    boolean isPresent() {
      ControlLink link = client.link();
      return link != null && link.keys() == keys;
    }
  }

  /** Known at a time; beyond it new ones are refused. */
  static final int LIMIT = 4096;

  private final int limit;
  private final Map<Bytes, Client> byInstance = new HashMap<>();
  private final Map<Long, Pair> pairs = new HashMap<>();

  /**
   * @param limit how many may be known at a time
   */
  Clients(int limit) {
    this.limit = limit;
  }

  /**
   * Whether who says that this is its instance may come in. One that is known comes back: nobody
   * has to make room for it, and whether it is the one its identity will show.
   */
  boolean hasRoomFor(Bytes instance) {
    return byInstance.size() < limit || byInstance.containsKey(instance);
  }

  /**
   * A control link is up whose client has shown that the instance is its own; a former one of the
   * same client is closed.
   */
  Client connected(Bytes instance, String name, ControlLink link) {
    Client client = byInstance.computeIfAbsent(instance, id -> new Client(id, name));
    ControlLink former = client.link;
    if (former != null) {
      forgetPair(former);
      former.close();
    }
    client.link = link;
    client.endedInOrder = false;
    client.connects++;
    pairs.put(link.keys().pairId(), new Pair(link.keys(), new LinkNumberWindow(), client));
    return client;
  }

  void disconnected(Client client, ControlLink link, boolean inOrder) {
    forgetPair(link);
    if (client.link == link) {
      client.link = null;
      client.endedInOrder = inOrder;
      forgetIfIdle(client);
    }
  }

  private void forgetPair(ControlLink link) {
    pairs.remove(link.keys().pairId());
    link.keys().destroy();
  }

  void forgetIfIdle(Client client) {
    if (client.link == null && client.sessions.isEmpty()) {
      byInstance.remove(client.instance);
    }
  }

  Pair pair(long pairId) {
    return pairs.get(pairId);
  }

  Iterable<Client> all() {
    return byInstance.values();
  }

  int size() {
    return byInstance.size();
  }
}
