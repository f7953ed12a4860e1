package dev.belay.replicator.hazelcast;

import dev.belay.replicator.cluster.Offer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What each server offers, the newest that has arrived. Offers of servers that are no members (any
 * more, or yet) are kept for a while, but not shown. The log's thread only.
 */
final class Offers {

  /** Offers that are kept at most; the members' own always are. */
  private static final int KEPT = 1000;

  private final Map<String, OfferCodec.Numbered> others = new HashMap<>();
  private OfferCodec.Numbered own;
  private List<Offer> shown = List.of();

  /** The own one, with its number, or null. */
  OfferCodec.Numbered own() {
    return own;
  }

  void ownIs(Offer offer) {
    own = new OfferCodec.Numbered(own == null ? 1 : own.number() + 1, offer);
  }

  /** Another's. */
  void arrived(OfferCodec.Numbered offer, Set<String> members) {
    if (others.size() >= KEPT) {
      others.keySet().retainAll(members);
    }
    others.merge(
        offer.offer().server(), offer, (old, next) -> next.number() > old.number() ? next : old);
  }

  /** What is to be shown now, by server; null if that is what was shown before. */
  List<Offer> news(Set<String> members) {
    List<Offer> next = new ArrayList<>();
    if (own != null) {
      next.add(own.offer());
    }
    for (String each : members) {
      OfferCodec.Numbered offer = others.get(each);
      if (offer != null) {
        next.add(offer.offer());
      }
    }
    next.sort(Comparator.comparing(Offer::server));
    if (next.equals(shown)) {
      return null;
    }
    shown = List.copyOf(next);
    return shown;
  }
}
