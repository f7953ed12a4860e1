package dev.belay.replicator.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.replicator.cluster.Offer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An offer arrives as it was sent, or not at all. */
final class OfferCodecTest {

  /** In front of the number of services: a number, two empty texts, a load. */
  private static final int SERVICES_AT = 8 + 2 + 2 + 4;

  private static final OfferCodec.Numbered OFFER =
      new OfferCodec.Numbered(
          1L << 40,
          new Offer(
              "server",
              "door-ä:7400",
              List.of(new Offer.Service("shop", 7001), new Offer.Service("", 65535)),
              17));

  @Test
  void shouldReadWhatWasWritten() {
    assertThat(OfferCodec.decode(OfferCodec.encode(OFFER))).isEqualTo(OFFER);
  }

  @Test
  void shouldRejectAnOfferThatIsCutShort() {
    byte[] whole = OfferCodec.encode(OFFER);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> OfferCodec.decode(part))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldRejectBytesBehindTheEnd() {
    byte[] whole = OfferCodec.encode(OFFER);
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);

    assertThatThrownBy(() -> OfferCodec.decode(longer))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRejectMoreServicesThanAServerHas() {
    Offer none = new Offer("", "", List.of(), 0);
    byte[] bytes = OfferCodec.encode(new OfferCodec.Numbered(1, none));
    ByteBuffer.wrap(bytes).putInt(SERVICES_AT, Integer.MAX_VALUE);

    assertThatThrownBy(() -> OfferCodec.decode(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("services=2147483647");
  }
}
