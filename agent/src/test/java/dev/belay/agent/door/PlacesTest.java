package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@link Places}: who waits for his client keeps no other waiting. */
final class PlacesTest {
  private final Herd herd = new Herd(2, 10, Runnable::run);
  private final Set<String> idle = new HashSet<>();
  private final Places<String> places = new Places<>(idle::contains);
  private final List<String> begun = new ArrayList<>();

  private void enter(String... names) {
    for (String name : names) {
      herd.enter(
          () -> {
            begun.add(name);
            places.note(name, herd);
          });
    }
  }

  private void review(int times) {
    for (int i = 0; i < times; i++) {
      places.review();
    }
  }

  @Test
  void shouldGiveThePlaceOfOneThatIsIdleForLongToTheNext() {
    enter("trickling", "working", "next", "last");
    idle.add("trickling");

    review(2);
    assertThat(begun).containsExactly("trickling", "working");
    review(1);
    assertThat(begun).containsExactly("trickling", "working", "next");

    places.leave("trickling"); // it goes on, and has no place any longer
    assertThat(begun).containsExactly("trickling", "working", "next");
    places.leave("working");
    assertThat(begun).containsExactly("trickling", "working", "next", "last");
  }

  @Test
  void shouldLeaveAPlaceToOneThatIsIdleNowAndThen() {
    enter("slow", "working", "next");

    for (int i = 0; i < 10; i++) {
      idle.add("slow");
      review(2);
      idle.remove("slow");
      review(1);
    }

    assertThat(begun).containsExactly("slow", "working");
  }

  @Test
  void shouldLeaveAllPlacesWhereTheyAreWhenNobodyWaits() {
    enter("trickling");
    idle.add("trickling");

    review(10);

    places.leave("trickling");
    enter("one", "two", "three");
    assertThat(begun).containsExactly("trickling", "one", "two");
  }

  @Test
  void shouldLetAllInWhoseClientsTrickle() {
    for (int i = 0; i < 10; i++) {
      idle.add("idle" + i);
      enter("idle" + i);
    }
    enter("honest");

    review(3 * 6);

    assertThat(begun).contains("honest");
  }
}
