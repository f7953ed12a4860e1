package dev.belay.agent.takeover;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.FrameFormatException;
import dev.belay.agent.wire.PairKeys;
import dev.belay.agent.wire.ReplyHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * One attempt at a data link: connect to the door, send the preface, read and verify the reply, and
 * not a byte more.
 *
 * <p>Whether the server lives is told by its control link, not by the time that this takes.
 *
 * <p>Invariant: ends in exactly one call of the listener, unless cancelled; the socket is unwatched
 * then, and closed unless it is handed over. Loop thread.
 */
final class DataLink {
  interface Listener {
    /** The door has answered, refusals included; the socket is the listener's. */
    void answered(RawSocket link, DoorReply reply) throws IOException;

    void failed(String cause, boolean silent);
  }

  private final EventLoop loop;
  private final ServerPeer peer;
  private final RawSocket socket;
  private final PairKeys keys;
  private final long linkNumber;
  private final byte[] preface;
  private final Listener listener;
  private final ByteBuffer header = ByteBuffer.allocate(ReplyHeader.HEADER_BYTES);
  private ByteBuffer reply;
  private EventLoop.Timer deadline;
  private boolean isConnected;
  private boolean isOver;

  DataLink(
      EventLoop loop,
      ServerPeer peer,
      RawSocket socket,
      PairKeys keys,
      long linkNumber,
      byte[] preface,
      Listener listener) {
    this.loop = loop;
    this.peer = peer;
    this.socket = socket;
    this.keys = keys;
    this.linkNumber = linkNumber;
    this.preface = preface;
    this.listener = listener;
  }

  /**
   * @param patienceMs for the answer, while the server beats: it may be busy with many others. When
   *     its control link is lost the attempt fails at once.
   */
  void begin(InetSocketAddress door, long patienceMs) {
    peer.track(this);
    try {
      deadline = loop.after(patienceMs, () -> fail("no answer in time", true));
      // A near server's kernel has answered before the call is back, though it says "under way".
      isConnected = socket.connect(door) || socket.isConnected();
      loop.watch(socket, isConnected ? EventLoop.READ : EventLoop.WRITE, events -> ready());
      if (isConnected) {
        sendPreface();
      }
    } catch (IOException e) {
      fail(String.valueOf(e.getMessage()), false);
    }
  }

  private void ready() {
    try {
      if (!isConnected) {
        isConnected = socket.isConnected();
        if (isConnected) {
          loop.rewatch(socket, EventLoop.READ);
          sendPreface();
        }
      } else {
        read();
      }
    } catch (IOException e) {
      fail(String.valueOf(e.getMessage()), false);
    } catch (FrameFormatException e) {
      fail("reply: " + e.getMessage(), false);
    }
  }

  private void sendPreface() throws IOException {
    if (socket.write(ByteBuffer.wrap(preface)) != preface.length) {
      throw new IOException("preface not taken");
    }
  }

  private void read() throws IOException, FrameFormatException {
    ByteBuffer into = reply == null ? header : reply;
    int n = socket.read(into);
    if (n == RawSocket.EOF) {
      throw new IOException("closed by the door");
    }
    if (into.hasRemaining()) {
      return;
    }
    if (reply == null) {
      byte[] whole = new byte[ReplyHeader.decode(header.flip()).totalLength()];
      System.arraycopy(header.array(), 0, whole, 0, ReplyHeader.HEADER_BYTES);
      reply = ByteBuffer.wrap(whole);
      reply.position(ReplyHeader.HEADER_BYTES);
      read();
      return;
    }
    if (!DoorReply.verify(reply.array(), keys, linkNumber)) {
      throw new FrameFormatException("mac does not verify");
    }
    end();
    listener.answered(socket, DoorReply.decode(reply.array()));
  }

  /** The server, or the control link to it, is lost; unless its answer is here by now. */
  void abandon(String cause) {
    if (isConnected && !isOver) {
      ready();
    }
    fail(cause, false);
  }

  private void fail(String cause, boolean silent) {
    if (!isOver) {
      end();
      socket.close();
      listener.failed(cause, silent);
    }
  }

  /** Gives it up without telling anybody. */
  void cancel() {
    if (!isOver) {
      end();
      socket.close();
    }
  }

  private void end() {
    isOver = true;
    deadline.cancel();
    peer.untrack(this);
    loop.unwatch(socket);
  }
}
