package dev.belay.agent.takeover;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.ClientHandshake;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.FrameFormatException;
import dev.belay.agent.wire.HandshakeException;
import dev.belay.agent.wire.PairKeys;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.ReplyHeader;
import dev.belay.agent.wire.ServerHello;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;

/**
 * One attempt at a control link: connect, hello, reply, proof, identity, and the first frame, with
 * which the server says that it knows the pair from now on.
 *
 * <p>Invariant: one of up, busy and failed is called, once; after up, frame and closed for as long
 * as the link lives. Loop thread.
 */
final class ControlAttempt implements ControlLink.Listener {
  /** Told on the loop. */
  interface Owner {
    /** The link is up, to the process of that identity. */
    void up(ControlLink link, Bytes serverInstance);

    /** The door lives and has no room at the moment. */
    void busy(String cause);

    void failed(ServerPeer.Failure failure, String cause);

    void frame(Frame frame);

    void closed(ControlLink of, String cause);
  }

  /** Finds the door. */
  interface Resolver {
    InetSocketAddress address() throws IOException;
  }

  /** How often a link that was reset behind the hello is made again: a door may have been there. */
  private static final int RESETS_LIMIT = 3;

  private final EventLoop loop;
  private final ServerPeer.Identity identity;
  private final Owner owner;
  private final ByteBuffer header = ByteBuffer.allocate(ReplyHeader.HEADER_BYTES);
  private ByteBuffer reply;
  private ClientHandshake handshake;
  private RawSocket socket;
  private EventLoop.Timer deadline;
  private Resolver door;
  private int resets;
  private boolean isHelloSent;
  private ControlLink asking;
  private Bytes serverInstance;
  private boolean isOver;

  ControlAttempt(EventLoop loop, ServerPeer.Identity identity, Owner owner) {
    this.loop = loop;
    this.identity = identity;
    this.owner = owner;
  }

  void begin(Resolver of, long limitMs) {
    door = of;
    connect(limitMs);
  }

  private void connect(long limitMs) {
    try {
      socket = RawSocket.open();
      socket.option(StandardSocketOptions.TCP_NODELAY, true);
      boolean now = socket.connect(door.address()); // before the keys: a dead server needs none
      handshake = // before the clock starts: the first one loads half of the JDK's cryptography
          new ClientHandshake(
              identity.instanceKey(), identity.name(), identity.secret(), identity.random());
      if (deadline == null) {
        awaitAnswer(limitMs, loop.lateNs());
      }
      loop.watch(socket, now ? EventLoop.READ : EventLoop.WRITE, events -> ready());
      if (now) {
        hello();
      }
    } catch (IOException | RuntimeException e) {
      fail(ServerPeer.Failure.REFUSED, String.valueOf(e.getMessage()));
    }
  }

  /** A time in which this JVM did not listen does not count. */
  private void awaitAnswer(long limitMs, long lateBeforeNs) {
    deadline =
        loop.after(
            limitMs,
            () -> {
              long lateMs = (loop.lateNs() - lateBeforeNs) / 1_000_000;
              if (lateMs > 0) {
                awaitAnswer(lateMs, loop.lateNs());
              } else {
                fail(ServerPeer.Failure.SILENT, "no answer in time");
              }
            });
  }

  private void ready() {
    try {
      if (!isHelloSent) {
        if (socket.isConnected()) {
          loop.rewatch(socket, EventLoop.READ);
          hello();
        }
      } else {
        read();
      }
    } catch (IOException e) {
      if (isHelloSent) {
        reset(String.valueOf(e.getMessage()));
      } else {
        fail(ServerPeer.Failure.REFUSED, e.getMessage());
      }
    }
  }

  /** Whoever is there has not said what he is; who is no door will do the same again. */
  private void reset(String cause) {
    resets++;
    if (isOver || resets > RESETS_LIMIT) {
      fail(ServerPeer.Failure.STRANGER, cause);
      return;
    }
    loop.close(socket);
    asking = null;
    isHelloSent = false;
    header.clear();
    reply = null;
    connect(0); // within the time that is left
  }

  private void hello() throws IOException {
    isHelloSent = true;
    byte[] hello = handshake.hello();
    if (socket.write(ByteBuffer.wrap(hello)) != hello.length) {
      throw new IOException("hello not taken");
    }
  }

  private void read() throws IOException {
    try {
      ByteBuffer into = reply == null ? header : reply;
      int n = socket.read(into);
      if (n == RawSocket.EOF) {
        fail(ServerPeer.Failure.STRANGER, "closed without an answer");
      } else if (!into.hasRemaining()) {
        advance();
      }
    } catch (FrameFormatException e) {
      fail(ServerPeer.Failure.STRANGER, e.getMessage());
    } catch (HandshakeException e) {
      if (e.reason() == Refusal.BUSY.code()) {
        drop();
        owner.busy(e.getMessage());
      } else {
        fail(ServerPeer.Failure.UNFRIENDLY, e.getMessage());
      }
    }
  }

  private void advance() throws IOException, FrameFormatException, HandshakeException {
    if (reply == null) {
      byte[] whole = new byte[ReplyHeader.decode(header.flip()).totalLength()];
      System.arraycopy(header.array(), 0, whole, 0, ReplyHeader.HEADER_BYTES);
      reply = ByteBuffer.wrap(whole);
      reply.position(ReplyHeader.HEADER_BYTES);
      read();
      return;
    }
    PairKeys keys = handshake.finish(reply.array());
    ServerHello.Accepted accepted = (ServerHello.Accepted) ServerHello.decode(reply.array());
    identify(keys, accepted.instanceId());
  }

  private void identify(PairKeys keys, Bytes instance) throws IOException {
    loop.unwatch(socket);
    serverInstance = instance;
    asking = new ControlLink(loop, socket, keys, this, false); // its server has to know a death
    if (handshake.proof().length() > 0) {
      asking.proof(handshake.proof());
    }
    asking.identity(handshake.identity());
    asking.start();
  }

  private void succeed(ControlLink up) {
    isOver = true;
    asking = null;
    deadline.cancel();
    owner.up(up, serverInstance);
  }

  private void fail(ServerPeer.Failure failure, String cause) {
    if (!isOver) {
      drop();
      owner.failed(failure, cause);
    }
  }

  private void drop() {
    isOver = true;
    if (deadline != null) {
      deadline.cancel();
    }
    if (asking != null) {
      asking.close();
    } else if (socket != null) {
      loop.close(socket);
    }
  }

  @Override
  public void frame(ControlLink of, Frame frame) {
    if (of == asking) {
      succeed(of);
    }
    owner.frame(frame);
  }

  @Override
  public void closed(ControlLink of, String cause, boolean inOrder) {
    if (of == asking && !inOrder) {
      reset("not admitted: " + cause);
    } else if (of == asking) {
      fail(ServerPeer.Failure.STRANGER, "not admitted: " + cause);
    } else {
      owner.closed(of, cause);
    }
  }
}
