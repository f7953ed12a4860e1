package dev.belay.agent.takeover;

import dev.belay.agent.config.HostPort;
import dev.belay.agent.config.SettingFormatException;
import dev.belay.agent.config.SupportGroup;
import dev.belay.agent.config.Target;
import dev.belay.agent.report.AgentLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A support group as it is now: the configured servers, in their order, and those that the servers
 * themselves have named since. What one of them says holds beside what the others say: a server
 * that has just started may not have met them yet.
 *
 * <p>Invariant: a configured server is always in it, whatever the others say; none is in it twice
 * under two names, so that one of which that is not known yet is left out. Loop thread.
 */
final class LiveGroup {
  /** Whether two names are those of one server. */
  enum Likeness {
    SAME,
    OTHER,
    /** An address is not known yet. */
    UNKNOWN
  }

  /** What names mean. */
  interface Names {
    Likeness compare(Target one, Target other);

    /** Whether the host means another machine to each that reads it, or none. */
    boolean isLoopback(String host);
  }

  /** What a server has said last, and when it last had a control link. */
  private static final class Word {
    private final List<String> members;
    private long upNs;

    Word(List<String> members, long upNs) {
      this.members = members;
      this.upNs = upNs;
    }
  }

  private final SupportGroup configured;
  private final Names names;
  private final Map<Target, Integer> loads = new HashMap<>();

  /** By door; who was heard last comes last. */
  private final Map<HostPort, Word> words = new LinkedHashMap<>();

  private List<Target> targets;

  LiveGroup(SupportGroup configured, Names names) {
    this.configured = configured;
    this.names = names;
    this.targets = configured.targets();
  }

  /** The servers that may continue a session of the group; at least one. */
  List<Target> targets() {
    return targets;
  }

  /** Whether the server at a door is one of the group's, for that port of its application. */
  boolean has(String doorHost, int doorPort, String service) {
    for (Target target : targets) {
      if (target.host().equals(doorHost)
          && target.doorPort() == doorPort
          && String.valueOf(target.port()).equals(service)) {
        return true;
      }
    }
    return false;
  }

  /**
   * What a server of the group says of it, in place of what it said before.
   *
   * @param door at which the server is reached
   * @param members each {@code host:port@doorPort/load}; one that is not is passed over
   */
  void named(HostPort door, List<String> members, long nowNs) {
    words.remove(door);
    words.put(door, new Word(List.copyOf(members), nowNs));
    reconsider();
  }

  /**
   * Now and then: what a server without a control link has said is forgotten after a while, when
   * its sessions have found another. The last that was heard of the group is not.
   *
   * @param pausedNs for how long this JVM has not looked since the last time
   */
  void review(long nowNs, long pausedNs, long whileNs, Predicate<HostPort> isUp) {
    boolean isForgotten = false;
    Iterator<Map.Entry<HostPort, Word>> each = words.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<HostPort, Word> entry = each.next();
      Word word = entry.getValue();
      word.upNs = isUp.test(entry.getKey()) ? nowNs : word.upNs + pausedNs;
      if (words.size() > 1 && nowNs - word.upNs >= whileNs) {
        each.remove();
        isForgotten = true;
      }
    }
    if (isForgotten) {
      reconsider();
    }
  }

  /** An address of somebody's has become known, or is another one now. */
  void reconsider() {
    List<Target> now = new ArrayList<>(configured.targets());
    loads.clear();
    words.forEach(
        (door, word) -> {
          boolean isNear = names.isLoopback(door.host());
          word.members.forEach(member -> add(member, isNear, now));
        });
    if (!Set.copyOf(now).equals(Set.copyOf(targets))) {
      AgentLog.info("support group: configured=" + configured + " now=" + new SupportGroup(now));
    }
    targets = List.copyOf(now);
  }

  /** A loopback address leads to the server that is meant only from that server's machine. */
  private void add(String member, boolean isNear, List<Target> now) {
    int slash = member.lastIndexOf('/');
    try {
      Target server = Target.parse(slash < 0 ? member : member.substring(0, slash));
      int load = loadOf(member, slash);
      if (!isNear && names.isLoopback(server.host())) {
        AgentLog.debug("group member of another machine's own: " + member);
        return;
      }
      Target known = knownAs(server, now);
      if (known == null && !mayBeKnown(server, now)) {
        now.add(server);
      }
      loads.put(known == null ? server : known, load);
    } catch (SettingFormatException | NumberFormatException e) {
      AgentLog.debug("group member not understood: " + member);
    }
  }

  private static int loadOf(String member, int slash) {
    return slash < 0 ? 0 : Math.max(0, Integer.parseInt(member.substring(slash + 1)));
  }

  private Target knownAs(Target server, List<Target> known) {
    for (Target target : known) {
      if (target.equals(server) || names.compare(target, server) == Likeness.SAME) {
        return target;
      }
    }
    return null;
  }

  private boolean mayBeKnown(Target server, List<Target> known) {
    for (Target target : known) {
      if (names.compare(target, server) == Likeness.UNKNOWN) {
        return true;
      }
    }
    return false;
  }

  /**
   * What a server's hash counts for: 1 without load, half at the mean load of the group, 1 for all
   * if nothing is known of loads.
   */
  double share(Target target) {
    if (loads.isEmpty()) {
      return 1;
    }
    long total = 0;
    for (int load : loads.values()) {
      total += load;
    }
    double mean = (double) total / loads.size() + 1;
    return mean / (mean + loads.getOrDefault(target, 0));
  }
}
