package dev.belay.replicator.members;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Batches on their way to other members: each comes back once, with its answer or, in time, without
 * one. Remembers which members have gone silent, and which had no room.
 *
 * <p>The log's thread only.
 */
final class Asks {

  private static final long SWEEP_NS = TimeUnit.MILLISECONDS.toNanos(50);

  /** So long nothing new is brought to a member that had no room. */
  private static final long FULL_NS = TimeUnit.SECONDS.toNanos(10);

  /** Hears what became of a batch. */
  interface Returned {
    /** Exactly one of them is not null. */
    void returned(byte[] answer, RuntimeException failure);
  }

  private final Peers peers;
  private final Loop loop;
  private final Patience patience;
  private final Deque<Ask> outstanding = new ArrayDeque<>();
  private final Map<String, Long> silentSinceNs = new HashMap<>();
  private final Map<String, Long> fullAtNs = new HashMap<>();
  private boolean sweeping;

  Asks(Peers peers, Loop loop, Patience patience) {
    this.peers = peers;
    this.loop = loop;
    this.patience = patience;
  }

  void ask(Peer peer, byte[] batch, Returned returned) {
    if (!sweeping) {
      loop.after(SWEEP_NS, this::sweep);
      sweeping = true;
    }
    Ask ask = new Ask(peer, loop.nowNs(), returned);
    outstanding.add(ask); // from here on it is over in time, whatever is thrown
    try {
      peers
          .ask(peer, batch)
          .whenComplete((bytes, failure) -> loop.execute(() -> returned(ask, bytes, failure)));
    } catch (Throwable e) {
      loop.execute(() -> returned(ask, null, e));
    }
  }

  Patience patience() {
    return patience;
  }

  /** Whether the last that was asked of the member has not been answered. */
  boolean isSilent(Peer peer) {
    return silentSinceNs.containsKey(peer.server());
  }

  /** Whether it has been silent for so long that it is better to do without it. */
  boolean isGivenUp(Peer peer) {
    Long sinceNs = silentSinceNs.get(peer.server());
    return sinceNs != null && loop.nowNs() - sinceNs >= patience.giveUpNs();
  }

  /** The member has no room for what it was to hold. */
  void noteFull(Peer peer) {
    fullAtNs.put(peer.server(), loop.nowNs());
  }

  /** Whether it had none a while ago. */
  boolean isFull(Peer peer) {
    Long atNs = fullAtNs.get(peer.server());
    return atNs != null && loop.nowNs() - atNs < FULL_NS;
  }

  /** The member has answered something else. */
  void heardFrom(String server) {
    silentSinceNs.remove(server);
  }

  private void returned(Ask ask, byte[] bytes, Throwable failure) {
    String server = ask.peer.server();
    if (bytes != null) {
      silentSinceNs.remove(server);
      ask.end(bytes, null);
    } else {
      ask.end(null, new NoAnswerException("no answer from " + server, failure));
    }
  }

  private void sweep() {
    sweeping = false;
    try {
      while (!outstanding.isEmpty() && isDone(outstanding.peek())) {
        outstanding.poll();
      }
    } finally {
      if (!outstanding.isEmpty()) {
        loop.after(SWEEP_NS, this::sweep);
        sweeping = true;
      }
    }
  }

  private boolean isDone(Ask ask) {
    if (!ask.isOver() && loop.nowNs() - ask.askedNs >= patience.answerNs()) {
      String server = ask.peer.server();
      silentSinceNs.putIfAbsent(server, ask.askedNs);
      long withinMs = TimeUnit.NANOSECONDS.toMillis(patience.answerNs());
      ask.end(
          null, new NoAnswerException("no answer from " + server + " within " + withinMs + "ms"));
    }
    return ask.isOver();
  }

  /** Forgets members that are gone. */
  void retain(Iterable<Peer> present) {
    Set<String> servers = new HashSet<>();
    for (Peer each : present) {
      servers.add(each.server());
    }
    silentSinceNs.keySet().retainAll(servers);
    fullAtNs.keySet().retainAll(servers);
  }

  private static final class Ask {
    private final Peer peer;
    private final long askedNs;

    /** Null when it is over: what was asked is held no longer, though this may be for a while. */
    private Returned returned;

    Ask(Peer peer, long askedNs, Returned returned) {
      this.peer = peer;
      this.askedNs = askedNs;
      this.returned = returned;
    }

    boolean isOver() {
      return returned == null;
    }

    void end(byte[] answer, RuntimeException failure) {
      Returned told = returned;
      returned = null;
      if (told != null) {
        told.returned(answer, failure);
      }
    }
  }
}
