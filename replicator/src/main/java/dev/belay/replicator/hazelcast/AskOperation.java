package dev.belay.replicator.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.impl.operationservice.ExceptionAction;
import com.hazelcast.spi.impl.operationservice.Operation;
import java.io.IOException;

/**
 * Bytes for another member, and its answer. Run once by the member it is addressed to, in one of
 * Hazelcast's operation threads; never repeated by Hazelcast.
 */
final class AskOperation extends Operation implements IdentifiedDataSerializable {

  /** What the bytes are. Its place is part of the format: add at the end only. */
  enum Kind {
    /** A batch of calls for the holder; answered by as many answers. */
    LOG,
    /** The caller's offer; answered by nothing. */
    OFFER
  }

  private Kind kind;
  private byte[] request;
  private byte[] answer;

  /** To be read. */
  AskOperation() {}

  AskOperation(Kind kind, byte[] request) {
    this.kind = kind;
    this.request = request;
  }

  @Override
  public void run() {
    AskService service = getService();
    answer = service.serve(kind, request);
  }

  @Override
  public Object getResponse() {
    return answer;
  }

  @Override
  public String getServiceName() {
    return AskService.NAME;
  }

  /** The caller knows what may be repeated, and when. */
  @Override
  public ExceptionAction onInvocationException(Throwable failure) {
    return ExceptionAction.THROW_EXCEPTION;
  }

  /** What fails is answered; nothing of it belongs into a log. */
  @Override
  public void logError(Throwable failure) {}

  @Override
  protected void writeInternal(ObjectDataOutput out) throws IOException {
    super.writeInternal(out);
    out.writeByte(kind.ordinal());
    out.writeByteArray(request);
  }

  @Override
  protected void readInternal(ObjectDataInput in) throws IOException {
    super.readInternal(in);
    int number = in.readByte();
    if (number < 0 || number >= Kind.values().length) {
      throw new IOException("unknown kind of request: " + number);
    }
    kind = Kind.values()[number];
    request = in.readByteArray();
  }

  @Override
  public int getFactoryId() {
    return AskFactory.ID;
  }

  @Override
  public int getClassId() {
    return AskFactory.ASK;
  }
}
