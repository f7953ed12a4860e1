package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;
import java.util.List;

/**
 * Frames waiting to be sent on one control link: {@link #size} bytes from the start of {@link
 * #array}. Frames without text cost no allocation. At most 1 MiB waits; a frame that would make it
 * more is dropped, and so are all after it, and {@link #isOverflowed} says so: the peer has stopped
 * reading, and its owner has to close the link. One thread, or the owner's lock.
 */
public final class FrameWriter {

  /** Most bytes that wait. */
  public static final int LIMIT_BYTES = 1 << 20;

  private static final int MAX_FRAME_BYTES = Frame.HEADER_BYTES + Frame.MAX_PAYLOAD_BYTES;
  private static final int INITIAL_BYTES = 2 * MAX_FRAME_BYTES;

  /** May hold a frame in the making behind the first {@link #size} bytes. */
  private FieldWriter fields = new FieldWriter(INITIAL_BYTES);

  private int size;
  private boolean isOverflowed;

  /** How many bytes wait. */
  public int size() {
    return size;
  }

  /** The array whose first {@link #size} bytes wait; another one after the next frame. */
  public byte[] array() {
    return fields.array();
  }

  /** Whether a frame has been dropped: the link is to be closed. */
  public boolean isOverflowed() {
    return isOverflowed;
  }

  /** The first n bytes have been sent; the rest moves to the start. */
  public void consume(int n) {
    if (n < 0 || n > size) {
      throw new IllegalArgumentException("bad count of sent bytes: " + n + " of " + size);
    }
    System.arraycopy(array(), n, array(), 0, size - n);
    size -= n;
    if (size == 0 && array().length > INITIAL_BYTES) {
      fields = new FieldWriter(INITIAL_BYTES);
    }
  }

  /** Appends the frame. */
  public void write(Frame frame) {
    frame.writeTo(this);
  }

  /** Appends a {@link Frame.Heartbeat}. */
  public void heartbeat(long sequence) {
    begin(FrameType.HEARTBEAT);
    fields.i64(sequence);
    end();
  }

  /** Appends a {@link Frame.Received}. */
  public void received(SessionId session, int epoch, long position) {
    begin(FrameType.RECEIVED);
    sessionAndPosition(session, epoch, position);
    end();
  }

  /** Appends a {@link Frame.Sent}. */
  public void sent(SessionId session, int epoch, long position) {
    begin(FrameType.SENT);
    sessionAndPosition(session, epoch, position);
    end();
  }

  /** Appends a {@link Frame.Durable}. */
  public void durable(SessionId session, int epoch, long position) {
    begin(FrameType.DURABLE);
    sessionAndPosition(session, epoch, position);
    end();
  }

  /** Appends a {@link Frame.Fin}. */
  public void fin(SessionId session, int epoch, boolean closed, long finalPosition) {
    begin(FrameType.FIN);
    fields.session(session);
    fields.epoch(epoch);
    fields.u8("flags", closed ? Frame.Fin.CLOSED : 0);
    fields.position("final position", finalPosition);
    end();
  }

  /** Appends a {@link Frame.Abort}; the text is cut to what can be sent. */
  public void abort(SessionId session, int epoch, int reason, String text) {
    begin(FrameType.ABORT);
    fields.session(session);
    fields.epoch(epoch);
    fields.u16("reason", reason);
    fields.text("text", WireText.diagnostic(text), 0, WireText.MAX_DIAGNOSTIC_BYTES);
    end();
  }

  /** Appends a {@link Frame.Group}. */
  public void group(String service, List<String> members) {
    if (members.size() > Frame.Group.MAX_MEMBERS) {
      throw new IllegalArgumentException("too many members: " + members.size());
    }
    begin(FrameType.GROUP);
    fields.text("service", service, 1, DataPreface.MAX_SERVICE_BYTES);
    fields.u8("member count", members.size());
    for (String member : members) {
      fields.text("member", member, 1, Frame.Group.MAX_MEMBER_BYTES);
    }
    end();
  }

  /** Appends a {@link Frame.Move}. */
  public void move(SessionId sessionOrAll, String targetHint) {
    begin(FrameType.MOVE);
    fields.sessionOrAll(sessionOrAll);
    fields.text("target hint", targetHint, 0, Frame.Group.MAX_MEMBER_BYTES);
    end();
  }

  /** Appends a {@link Frame.LinkLost}. */
  public void linkLost(SessionId session, int epoch, long receivedPosition) {
    begin(FrameType.LINK_LOST);
    sessionAndPosition(session, epoch, receivedPosition);
    end();
  }

  /** Appends a {@link Frame.Goodbye}; the reason is cut to what can be sent. */
  public void goodbye(String reason) {
    begin(FrameType.GOODBYE);
    fields.text("reason", WireText.diagnostic(reason), 0, WireText.MAX_DIAGNOSTIC_BYTES);
    end();
  }

  /** Appends a {@link Frame.Proof}. */
  public void proof(Bytes proof) {
    begin(FrameType.PROOF);
    fields.bytes("proof", proof, Handshake.PROOF_BYTES);
    end();
  }

  /** Appends a {@link Frame.Identity}. */
  public void identity(Bytes identity) {
    begin(FrameType.IDENTITY);
    fields.bytes("identity", identity, Handshake.INSTANCE_KEY_BYTES);
    end();
  }

  /** Appends a {@link Frame.Compare}. */
  public void compare(SessionId session, int epoch, long receivedPosition, int receivedChecksum) {
    begin(FrameType.COMPARE);
    sessionAndPosition(session, epoch, receivedPosition);
    fields.i32(receivedChecksum);
    end();
  }

  /** Appends a {@link Frame.Switch}. */
  public void switchOver(Frame.Switch frame) {
    begin(FrameType.SWITCH);
    fields.session(frame.session());
    fields.epoch(frame.epoch());
    fields.u8("flags", frame.flags());
    fields.position("received position", frame.receivedPosition());
    fields.i32(frame.receivedChecksum());
    end();
  }

  /** Appends a {@link Frame.Moved}. */
  public void moved(SessionId session, int epoch) {
    begin(FrameType.MOVED);
    fields.session(session);
    fields.epoch(epoch);
    end();
  }

  /** Appends a {@link Frame.Stays}; the reason is cut to what can be sent. */
  public void stays(SessionId session, int epoch, String reason) {
    begin(FrameType.STAYS);
    fields.session(session);
    fields.epoch(epoch);
    fields.text("reason", WireText.diagnostic(reason), 0, WireText.MAX_DIAGNOSTIC_BYTES);
    end();
  }

  /** Appends a {@link Frame.Near}. */
  public void near(SessionId session, int epoch, long receivedPosition, long sentPosition) {
    begin(FrameType.NEAR);
    sessionAndPosition(session, epoch, receivedPosition);
    fields.position("sent position", sentPosition);
    end();
  }

  /** Appends a {@link Frame.EndKnown}. */
  public void endKnown(SessionId session, int epoch) {
    begin(FrameType.END_KNOWN);
    fields.session(session);
    fields.epoch(epoch);
    end();
  }

  /** Appends a {@link Frame.Reserve}. */
  public void reserve(Frame.Reserve frame) {
    begin(FrameType.RESERVE);
    fields.session(frame.session());
    fields.epoch(frame.epoch());
    fields.bytes("sealed key", frame.sealedKey(), PairKeys.KEY_BYTES);
    fields.text("service", frame.service(), 1, DataPreface.MAX_SERVICE_BYTES);
    fields.text("client address", frame.clientAddress(), 1, ResumePreface.MAX_ADDRESS_BYTES);
    fields.text("control link", frame.controlLink(), 1, Frame.Reserve.MAX_LINK_BYTES);
    end();
  }

  /** Appends a {@link Frame.Reserved}. */
  public void reserved(SessionId session, int epoch) {
    begin(FrameType.RESERVED);
    fields.session(session);
    fields.epoch(epoch);
    end();
  }

  /** Appends a {@link Frame.Release}. */
  public void release(SessionId session, int epoch) {
    begin(FrameType.RELEASE);
    fields.session(session);
    fields.epoch(epoch);
    end();
  }

  /** Appends a {@link Frame.Released}. */
  public void released(SessionId session, int epoch) {
    begin(FrameType.RELEASED);
    fields.session(session);
    fields.epoch(epoch);
    end();
  }

  private void sessionAndPosition(SessionId session, int epoch, long position) {
    fields.session(session);
    fields.epoch(epoch);
    fields.position("position", position);
  }

  /**
   * Starts a frame behind those that wait. It does not wait itself before its end, so a bad value
   * leaves no half frame.
   */
  private void begin(FrameType type) {
    fields.resumeAt(size);
    fields.reserve(MAX_FRAME_BYTES);
    fields.u16("payload length", 0);
    fields.u8("type", type.code());
  }

  private void end() {
    if (isOverflowed || fields.size() > LIMIT_BYTES) {
      isOverflowed = true;
      return;
    }
    fields.u16At(size, fields.size() - size - Frame.HEADER_BYTES);
    size = fields.size();
  }
}
