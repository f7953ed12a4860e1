package dev.belay.replicator.members;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The way to one holder. An operation that cannot be sent, or whose answer cannot be taken, fails;
 * the lane goes on. While operations are on their way further calls gather, and go together: the
 * slower the holder, the larger the operations.
 *
 * <p>Invariant: of a session no two operations are on their way at a time. The log's thread only.
 */
final class Lane {

  /** Operations on their way at a time. */
  private static final int WINDOW = 4;

  /** Bytes on their way at a time, beyond which nothing more is sent. */
  private static final long WINDOW_BYTES = 8 << 20;

  /** An operation takes no further call beyond that. */
  private static final int OPERATION_BYTES = 1 << 20;

  /** What gathers beyond that is refused: its caller has it still, and tries again. */
  private static final long QUEUE_BYTES = 64 << 20;

  private final Peer peer;
  private final Asks asks;
  private final Deque<Route> line = new ArrayDeque<>();
  private int onTheirWay;
  private long bytesOnTheirWay;
  private long queuedBytes;
  private boolean ended;

  Lane(Peer peer, Asks asks) {
    this.peer = peer;
    this.asks = asks;
  }

  /** Takes a call of a session; it is sent at the next {@link #send}. */
  void add(Route route, Pending pending) {
    if (queuedBytes + pending.bytes() > QUEUE_BYTES) {
      pending.failed(new NoAnswerException("too much waits for " + peer.server()));
      return;
    }
    queuedBytes += pending.bytes();
    route.add(pending);
    if (route.lane() == null) {
      route.enter(this);
      line.add(route);
    }
  }

  /** Sends what may be sent. */
  void send() {
    while (!line.isEmpty() && onTheirWay < WINDOW && bytesOnTheirWay < WINDOW_BYTES) {
      Operation operation = new Operation();
      onTheirWay++;
      try {
        operation.fill();
        asks.ask(peer, Call.encode(operation.calls, (int) operation.bytes + 64), operation);
      } catch (Throwable e) {
        operation.over(null, new NoAnswerException("not sent to " + peer.server(), e));
      }
    }
  }

  /** The holder is gone: what waits fails, and so does what comes back without an answer. */
  void end() {
    ended = true;
    for (Route each : line) {
      leave(each);
    }
    line.clear();
  }

  private void leave(Route route) {
    while (route.isWaiting()) {
      Pending pending = route.next();
      queuedBytes -= pending.bytes();
      pending.failed(new NoAnswerException(peer.server() + " holds no logs any more"));
    }
    route.enter(null);
  }

  /** Calls of several sessions, one after another each. */
  private final class Operation implements Asks.Returned {

    private final List<Route> routes = new ArrayList<>();
    private final List<Route> owners = new ArrayList<>();
    private final List<Pending> pendings = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private long bytes;

    void fill() {
      while (!line.isEmpty() && bytes < OPERATION_BYTES) {
        Route route = line.poll();
        routes.add(route);
        do {
          take(route);
        } while (route.isWaiting() && bytes < OPERATION_BYTES);
      }
    }

    private void take(Route route) {
      Pending pending = route.next();
      queuedBytes -= pending.bytes();
      bytes += pending.bytes();
      bytesOnTheirWay += pending.bytes();
      owners.add(route);
      pendings.add(pending);
      calls.add(pending.call());
    }

    @Override
    public void returned(byte[] answer, RuntimeException failure) {
      try {
        over(answer, failure);
      } finally {
        send();
      }
    }

    void over(byte[] answer, RuntimeException failure) {
      onTheirWay--;
      bytesOnTheirWay -= bytes;
      try {
        if (answer == null) {
          fail(failure);
        } else {
          answer(answer);
        }
      } finally {
        routes.forEach(this::goOn);
      }
    }

    private void answer(byte[] batch) {
      List<Answer> answers;
      try {
        answers = Answer.decode(batch);
      } catch (Throwable e) {
        fail(new NoAnswerException("no answer to be read from " + peer.server(), e));
        return;
      }
      for (int i = 0; i < pendings.size(); i++) {
        Pending pending = pendings.get(i);
        try {
          answer(pending, owners.get(i), i < answers.size() ? answers.get(i) : null);
        } catch (Throwable e) {
          pending.failed(new NoAnswerException("answer not taken: " + peer.server(), e));
        }
      }
    }

    private void answer(Pending pending, Route owner, Answer answer) {
      if (answer != null && answer.kind() == Answer.Kind.FULL) {
        asks.noteFull(peer);
      }
      if (answer == null) {
        pending.failed(new NoAnswerException("answers missing from " + peer.server()));
      } else if (!pending.answered(answer)) {
        queuedBytes += pending.bytes();
        owner.addFirst(pending);
      }
    }

    private void fail(RuntimeException failure) {
      for (Pending each : pendings) {
        each.failed(failure);
      }
    }

    private void goOn(Route route) {
      if (!route.isWaiting() || ended || asks.isGivenUp(peer)) {
        leave(route);
      } else {
        line.add(route);
      }
    }
  }
}
