package dev.belay.replicator.hazelcast;

import dev.belay.replicator.cluster.Offer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * An offer on its way.
 *
 * <pre>
 *   number 8 | server | door | load 4 | services 4 | ( name | port 4 ) ...
 *   text: length 2, modified UTF-8
 * </pre>
 */
final class OfferCodec {

  private static final int MOST_SERVICES = 10_000;

  private OfferCodec() {}

  /** An offer and its number, which rises with each that a server sends. */
  record Numbered(long number, Offer offer) {}

  static byte[] encode(Numbered numbered) {
    Offer offer = numbered.offer();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(numbered.number());
      out.writeUTF(offer.server());
      out.writeUTF(offer.door());
      out.writeInt(offer.load());
      out.writeInt(offer.services().size());
      for (Offer.Service each : offer.services()) {
        out.writeUTF(each.name());
        out.writeInt(each.port());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IllegalArgumentException if it is none
   */
  static Numbered decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      long number = in.readLong();
      String server = in.readUTF();
      String door = in.readUTF();
      int load = in.readInt();
      int count = in.readInt();
      if (count < 0 || count > MOST_SERVICES) {
        throw new IllegalArgumentException("no offer: services=" + count);
      }
      List<Offer.Service> services = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        services.add(new Offer.Service(in.readUTF(), in.readInt()));
      }
      if (in.read() >= 0) {
        throw new IllegalArgumentException("no offer: bytes behind the end");
      }
      return new Numbered(number, new Offer(server, door, services, load));
    } catch (IOException e) {
      throw new IllegalArgumentException("no offer: " + e, e);
    }
  }
}
