package dev.belay.replicator.hazelcast;

import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;

/** Makes our operations when they arrive. Stateless. */
final class AskFactory implements DataSerializableFactory {

  /** No other factory in our instance has it. */
  static final int ID = 0x62656c61;

  static final int ASK = 1;

  @Override
  public IdentifiedDataSerializable create(int typeId) {
    if (typeId != ASK) {
      throw new IllegalArgumentException("unknown type: " + typeId);
    }
    return new AskOperation();
  }
}
