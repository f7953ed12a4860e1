package dev.belay.replicator.members;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.replicator.log.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** One call that breaks does not end the way for the others. */
final class LaneTest {

  private static final Peer HOLDER = new Peer("h", "door-h");

  private final List<String> heard = new ArrayList<>();
  private final Lane lane =
      new Lane(HOLDER, new Asks(new Answering(), new AtOnce(), Patience.USUAL));

  /** Everything that is asked is done. */
  private static final class Answering implements Peers {
    @Override
    public List<Peer> holders() {
      return List.of(HOLDER);
    }

    @Override
    public CompletionStage<byte[]> ask(Peer peer, byte[] request) {
      List<Answer> answers = new ArrayList<>();
      Call.decode(request).forEach(call -> answers.add(new Answer.Done()));
      return CompletableFuture.completedFuture(Answer.encode(answers));
    }
  }

  private static final class AtOnce implements Loop {
    @Override
    public long nowNs() {
      return 0;
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public void after(long delayNs, Runnable task) {}
  }

  /** A call that has no memory when it is made, when it is answered, or at no time. */
  private final class Breaking implements Pending {
    private final String breaks;

    Breaking(String breaks) {
      this.breaks = breaks;
    }

    private void breakAt(String moment) {
      if (breaks.equals(moment)) {
        throw new OutOfMemoryError("planted");
      }
    }

    @Override
    public Call call() {
      breakAt("call");
      return new Call.End(new SessionId(1, 1));
    }

    @Override
    public int bytes() {
      return 64;
    }

    @Override
    public boolean answered(Answer answer) {
      breakAt("answer");
      heard.add("answered");
      return true;
    }

    @Override
    public void failed(RuntimeException failure) {
      heard.add("failed " + breaks);
    }
  }

  private void send(String breaks) {
    lane.add(new Route(new SessionId(heard.size(), 1)), new Breaking(breaks));
    lane.send();
  }

  @Test
  void shouldFailWhatCannotBeSentAndGoOn() {
    for (int i = 0; i < 10; i++) {
      send("call");
    }

    send("never");

    assertThat(heard).hasSize(11).endsWith("failed call", "answered");
  }

  @Test
  void shouldFailWhoseAnswerCannotBeTakenAndGoOn() {
    for (int i = 0; i < 10; i++) {
      lane.add(new Route(new SessionId(i, 2)), new Breaking("answer"));
      lane.add(new Route(new SessionId(i, 3)), new Breaking("never"));
      lane.send();
    }

    assertThat(heard).hasSize(20).endsWith("failed answer", "answered");
  }
}
