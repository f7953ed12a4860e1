package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The kernel's limit of descriptors, and the share of it that strangers may have. */
final class OpenFilesTest {

  @Test
  void shouldReadTheSoftLimit() {
    List<String> limits =
        List.of(
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max processes             127561               127561               processes ",
            "Max open files            1024                 524288               files     ");

    assertThat(OpenFiles.limit(limits)).isEqualTo(1024);
  }

  @Test
  void shouldTakeWhatIsNotThereForUnlimited() {
    assertThat(OpenFiles.limit(List.of())).isEqualTo(Integer.MAX_VALUE);
    assertThat(OpenFiles.limit(List.of("Max open files  unlimited  unlimited  files")))
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void shouldKnowTheLimitOfThisProcess() {
    assertThat(OpenFiles.limit()).isBetween(64, Integer.MAX_VALUE - 1);
  }

  @Test
  void shouldLeaveMostDescriptorsToTheApplication() {
    assertThat(Door.strangersOf(1024)).isEqualTo(256);
    assertThat(Door.strangersOf(20_000)).isEqualTo(Door.MAX_STRANGERS);
    assertThat(Door.strangersOf(Integer.MAX_VALUE)).isEqualTo(Door.MAX_STRANGERS);
    assertThat(Door.strangersOf(2)).isEqualTo(1);
  }
}
