package dev.belay.agent.takeover;

import dev.belay.agent.config.SettingFormatException;
import dev.belay.agent.config.SupportGroup;
import dev.belay.agent.config.Target;
import dev.belay.agent.report.AgentLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A support group as it is now: the configured servers, in their order, and those that the servers
 * themselves have named since.
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

  /** Compares two names. */
  interface Sameness {
    Likeness compare(Target one, Target other);
  }

  private final SupportGroup configured;
  private final Sameness sameness;
  private final Map<Target, Integer> loads = new HashMap<>();
  private List<Target> targets;
  private List<String> named = List.of();

  LiveGroup(SupportGroup configured, Sameness sameness) {
    this.configured = configured;
    this.sameness = sameness;
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
   * What a server of the group says of it.
   *
   * @param members each {@code host:port@doorPort/load}; one that is not is passed over
   */
  void named(List<String> members) {
    named = List.copyOf(members);
    reconsider();
  }

  /** An address of somebody's has become known, or is another one now. */
  void reconsider() {
    List<Target> now = new ArrayList<>(configured.targets());
    loads.clear();
    for (String member : named) {
      int slash = member.lastIndexOf('/');
      try {
        Target server = Target.parse(slash < 0 ? member : member.substring(0, slash));
        int load = loadOf(member, slash);
        Target known = knownAs(server, now);
        if (known == null && !mayBeKnown(server, now)) {
          now.add(server);
        }
        loads.put(known == null ? server : known, load);
      } catch (SettingFormatException | NumberFormatException e) {
        AgentLog.debug("group member not understood: " + member);
      }
    }
    if (!now.equals(targets)) {
      AgentLog.info("support group: configured=" + configured + " now=" + new SupportGroup(now));
    }
    targets = List.copyOf(now);
  }

  private static int loadOf(String member, int slash) {
    return slash < 0 ? 0 : Math.max(0, Integer.parseInt(member.substring(slash + 1)));
  }

  private Target knownAs(Target server, List<Target> known) {
    for (Target target : known) {
      if (target.equals(server) || sameness.compare(target, server) == Likeness.SAME) {
        return target;
      }
    }
    return null;
  }

  private boolean mayBeKnown(Target server, List<Target> known) {
    for (Target target : known) {
      if (sameness.compare(target, server) == Likeness.UNKNOWN) {
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
