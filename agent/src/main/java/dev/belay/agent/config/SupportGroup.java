package dev.belay.agent.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The servers that offer one service, in the order in which a connect tries them.
 *
 * @param targets at least one, none twice
 */
public record SupportGroup(List<Target> targets) {

  public SupportGroup {
    targets = List.copyOf(targets);
  }

  /** All groups of {@code belay.connect}; a target may be in one place only. */
  static List<SupportGroup> parseAll(String text) throws SettingFormatException {
    List<SupportGroup> groups = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String group : Parts.of(text, ',')) {
      groups.add(parse(group, seen));
    }
    return List.copyOf(groups);
  }

  private static SupportGroup parse(String text, Set<String> seen) throws SettingFormatException {
    List<Target> targets = new ArrayList<>();
    for (String part : Parts.of(text, '|')) {
      Target target = Target.parse(part);
      if (!seen.add(target.application().toString())) {
        throw new SettingFormatException(target.application() + " is listed twice");
      }
      targets.add(target);
    }
    return new SupportGroup(targets);
  }

  /** As an operator would write it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Target target : targets) {
      text.append(text.length() == 0 ? "" : "|").append(target);
    }
    return text.toString();
  }
}
