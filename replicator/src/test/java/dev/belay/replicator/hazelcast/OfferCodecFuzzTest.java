package dev.belay.replicator.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.belay.replicator.cluster.Offer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes from another member: rejected as such, or an offer that is the same again. */
final class OfferCodecFuzzTest {

  static Stream<byte[]> seeds() {
    Offer.Service shop = new Offer.Service("shop", 7001);
    Offer offer = new Offer("server", "door:7400", List.of(shop, shop), 17);
    return Stream.of(
        OfferCodec.encode(new OfferCodec.Numbered(1L << 40, offer)),
        OfferCodec.encode(new OfferCodec.Numbered(-1, new Offer("", "", List.of(), -1))),
        new byte[] {1});
  }

  @MethodSource("seeds")
  @FuzzTest
  void shouldRejectOrUnderstand(byte[] bytes) {
    OfferCodec.Numbered offer;
    try {
      offer = OfferCodec.decode(bytes);
    } catch (IllegalArgumentException e) {
      return; // no offer
    }
    assertEquals(offer, OfferCodec.decode(OfferCodec.encode(offer)));
  }
}
