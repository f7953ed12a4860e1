package dev.belay.replicator.members;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Batches on their way to other members: each comes back once, with its answer or, in time, without
 * one. Remembers which members have gone silent.
 *
 * <p>The log's thread only.
 */
final class Asks {

  private static final long SWEEP_NS = TimeUnit.MILLISECONDS.toNanos(50);

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
  private boolean sweeping;

  Asks(Peers peers, Loop loop, Patience patience) {
    this.peers = peers;
    this.loop = loop;
    this.patience = patience;
  }

  void ask(Peer peer, byte[] batch, Returned returned) {
    Ask ask = new Ask(peer, loop.nowNs(), returned);
    outstanding.add(ask);
    CompletionStage<byte[]> answer = peers.ask(peer, batch);
    answer.whenComplete((bytes, failure) -> loop.execute(() -> returned(ask, bytes, failure)));
    if (!sweeping) {
      sweeping = true;
      loop.after(SWEEP_NS, this::sweep);
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

  private void returned(Ask ask, byte[] bytes, Throwable failure) {
    if (bytes != null) {
      silentSinceNs.remove(ask.peer.server());
    }
    if (ask.isOver) {
      return;
    }
    ask.isOver = true;
    if (bytes != null) {
      ask.returned.returned(bytes, null);
    } else {
      ask.returned.returned(
          null, new NoAnswerException("no answer from " + ask.peer.server(), failure));
    }
  }

  private void sweep() {
    while (!outstanding.isEmpty() && isDone(outstanding.peek())) {
      outstanding.poll();
    }
    sweeping = !outstanding.isEmpty();
    if (sweeping) {
      loop.after(SWEEP_NS, this::sweep);
    }
  }

  private boolean isDone(Ask ask) {
    if (!ask.isOver && loop.nowNs() - ask.askedNs >= patience.answerNs()) {
      ask.isOver = true;
      silentSinceNs.putIfAbsent(ask.peer.server(), ask.askedNs);
      ask.returned.returned(
          null,
          new NoAnswerException(
              "no answer from "
                  + ask.peer.server()
                  + " within "
                  + TimeUnit.NANOSECONDS.toMillis(patience.answerNs())
                  + "ms"));
    }
    return ask.isOver;
  }

  /** Forgets members that are gone. */
  void retain(Iterable<Peer> present) {
    Map<String, Long> left = new HashMap<>(silentSinceNs);
    for (Peer each : present) {
      left.remove(each.server());
    }
    silentSinceNs.keySet().removeAll(left.keySet());
  }

  private static final class Ask {
    private final Peer peer;
    private final long askedNs;
    private final Returned returned;
    private boolean isOver;

    Ask(Peer peer, long askedNs, Returned returned) {
      this.peer = peer;
      this.askedNs = askedNs;
      this.returned = returned;
    }
  }
}
