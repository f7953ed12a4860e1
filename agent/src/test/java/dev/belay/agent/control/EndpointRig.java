package dev.belay.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.Application;
import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.Sessions;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.Pump;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.FrameReader;
import dev.belay.agent.wire.FrameWriter;
import dev.belay.agent.wire.PairKeys;
import dev.belay.replicator.log.SessionId;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One end of a session, an application on it, and a control link to a peer that is the test. */
final class EndpointRig implements AutoCloseable {
  private static final RunningLoop LOOP = new RunningLoop("endpoint-test-loop");

  private static final int ENDS = 20;

  private final LinkPair control = LinkPair.open();
  private final FrameReader frames = new FrameReader();
  private final End end = new End();
  private final Application application;
  private final List<String> unexpected = new CopyOnWriteArrayList<>();
  private final ControlLink first;
  private volatile ControlLink link;
  private volatile boolean mayTell = true;

  /** What is special about this end: it writes down what it is told. */
  final class End extends Endpoint {
    private final List<String> losses = new CopyOnWriteArrayList<>();
    private volatile boolean isForgotten;

    End() {
      super(Sessions.ofClient(), LOOP.loop());
    }

    @Override
    public SessionView view() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected ControlLink control() {
      return link;
    }

    @Override
    protected boolean mayTellEnd() {
      return mayTell;
    }

    @Override
    protected void lost(String cause) {
      losses.add(cause);
    }

    @Override
    protected void forget() {
      isForgotten = true;
    }

    boolean isForgotten() {
      return isForgotten;
    }

    List<String> losses() {
      return losses;
    }
  }

  EndpointRig() throws Exception {
    first =
        new ControlLink(
            LOOP.loop(),
            control.link(),
            new PairKeys(new byte[32], new byte[16], 1),
            new PeerListener(),
            true);
    link = first;
    application = Application.parked(end.session(), end);
    end.descriptor = application.guarded();
  }

  /** The peer of these tests says nothing but that sessions end. */
  private final class PeerListener implements ControlLink.Listener {
    @Override
    public void frame(ControlLink of, Frame frame) {
      if (frame instanceof Frame.Abort abort) {
        end.peerAborted(abort.text());
      } else if (!(frame instanceof Frame.Fin)) {
        unexpected.add(frame.toString());
      }
    }

    @Override
    public void closed(ControlLink of, String cause, boolean inOrder) {
      unexpected.add(cause);
    }
  }

  RunningLoop loop() {
    return LOOP;
  }

  End end() {
    return end;
  }

  Application application() {
    return application;
  }

  /** The control link is gone, and has not come back yet. */
  void cutControl() {
    link = null;
  }

  /** The process is being shut down. */
  void leave() {
    mayTell = false;
  }

  /** Does it on the loop's thread. */
  void onLoop(RunningLoop.Action action) throws Exception {
    LOOP.run(action);
  }

  /** Resends from a position on into a new link. */
  void adopt(LinkPair pair, long fromPosition) throws Exception {
    LOOP.run(() -> end.adopt(pair.link(), Pump.raw(end.session(), fromPosition)));
  }

  void flush() throws Exception {
    LOOP.run(link::flush);
  }

  /** The next frame that the peer gets. */
  Frame frame() throws Exception {
    InputStream in = control.peer().getInputStream();
    byte[] one = new byte[1];
    Frame next;
    while ((next = frames.next()) == null) {
      frames.feed(one, 0, in.read(one));
    }
    return next;
  }

  /**
   * The loop does it while ends come so often that it reads the control link now and then only, and
   * when a frame has come that it has not read.
   */
  void onLoopWhilePaced(Frame unheard, RunningLoop.Action action) throws Exception {
    LOOP.run(link::start);
    Frame[] ends = new Frame[ENDS];
    SessionId other = new SessionId(3, 4);
    Arrays.fill(ends, new Frame.Fin(other, 0, true, 1));
    Soon.until(
        "paced",
        () -> {
          send(ends);
          return LOOP.call(
              () -> {
                boolean isPaced = link.isPaced();
                if (isPaced) {
                  send(unheard);
                  action.run();
                }
                return isPaced;
              });
        });
  }

  private void send(Frame... of) throws IOException {
    FrameWriter writer = new FrameWriter();
    for (Frame frame : of) {
      writer.write(frame);
    }
    control.peer().getOutputStream().write(writer.array(), 0, writer.size());
  }

  /** Whether the peer was sent something that {@link #frame} has not given yet. */
  boolean hasFrame() throws Exception {
    LOOP.settle();
    return control.peer().getInputStream().available() > 0;
  }

  @Override
  public void close() throws Exception {
    mayTell = false;
    LOOP.run(() -> end.breakOff("end of test"));
    application.close();
    LOOP.run(first::close);
    control.close();
    assertThat(unexpected).isEmpty();
  }
}
