package dev.belay.it.rig;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The servers of one service, in the order in which a client tries them. */
public record SupportGroup(List<Member> members) {

  public SupportGroup {
    members = List.copyOf(members);
  }

  /** A group of so many free places. */
  public static SupportGroup of(int size) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      members.add(Member.free());
    }
    return new SupportGroup(members);
  }

  public Member member(int index) {
    return members.get(index);
  }

  /** The value of {@code belay.connect}. */
  public String connect() {
    return members.stream().map(Member::target).collect(Collectors.joining("|"));
  }

  /** The settings of a client of this group, keys without their {@code belay.}. */
  public Map<String, String> clientSettings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("connect", connect());
    settings.put("cluster.mode", "none");
    return settings;
  }
}
