package dev.belay.agent.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.sim.weave.PlantedBug;
import dev.belay.agent.sim.weave.SimulationLoader;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The simulation finds bugs: each of these is one line of the product that comes to something else.
 * The first was the product's own until the simulation found it.
 */
final class PlantedBugsTest {
  private static final long MOST_SCHEDULES = 6_000;

  private static Stream<PlantedBug> bugs() {
    return Stream.of(
        // As it was: a client that vanishes is waited for.
        PlantedBug.method("ServerSide", "giveUp", 0).foundBy(768),
        // Positions are exchanged while a call on the lost link is in progress.
        PlantedBug.method("GuardedDescriptor", "isStill", 1).foundBy(1298),
        // Threads in poll(2) keep to the old link.
        PlantedBug.method("Pollers", "signal", 0),
        // dup2 drops registrations with epoll.
        PlantedBug.method("BelayPolls", "renew", 0),
        // A link's end is taken for the stream's.
        PlantedBug.method("Session", "isInputComplete", 1),
        // Who ends its output is taken for one who reads no more.
        PlantedBug.method("Session", "isClosing", 1).foundBy(158),
        // The client's checksum is that of nothing.
        PlantedBug.call("Session", "received", "checksum", -1),
        // A replay that differs goes on all the same.
        PlantedBug.call("Replay", "compare", "mayContinue", 1).foundBy(575),
        // A replay gives all input at once.
        PlantedBug.call("Pump", "addTurn", "turnOf", 0),
        // The handler's own thread is given input before its turn.
        PlantedBug.call("HandlerInput", "gather", "sentPosition", 1 << 20),
        // The switch does not wait for what the handler has not read.
        PlantedBug.call("Replay", "isSwitchDue", "isFed", 1),
        // A peer says that it has been given what it has not.
        PlantedBug.method("Session", "acknowledge", 1 << 20),
        // A server that is only starting is taken for one without the agent.
        PlantedBug.method("ServerPeer", "isKnownPlain", 1).foundBy(166),
        // One that ends is taken for one as well: its kernel still accepts.
        PlantedBug.method("ServerPeer", "isEnding", 0).foundBy(727),
        // What an opening has left behind has the epoch of the session itself.
        PlantedBug.call("Opening$2", "failed", "nextEpoch", 0),
        // Silence of a server is never noticed.
        PlantedBug.method("ServerPeer", "judge", 0).foundBy(443),
        // Silence of a data link is never noticed.
        PlantedBug.method("Endpoint", "remind", 0).foundBy(115),
        // A process that ends is taken for an application that closes.
        PlantedBug.method("ServerSide", "leave", 0),
        // A log's turns are lost.
        PlantedBug.call("LoggedTurns", "offer", "outPosition", 0),
        // A server says that others hold what they do not.
        PlantedBug.method("Shipment", "durablePosition", 1 << 20),
        // A server that has prepared a move is not told that it has the session.
        PlantedBug.method("Arrival", "switchTo", 0).foundBy(135),
        // What the client still owes is not sent after a close.
        PlantedBug.method("Endpoint", "pushForClosed", 0).foundBy(377));
  }

  @Test
  @Timeout(600)
  void shouldFindEachPlantedBug() {
    List<String> missed =
        bugs().toList().parallelStream()
            .filter(bug -> !isFound(bug, false))
            .map(PlantedBug::toString)
            .toList();

    assertThat(missed).describedAs("in " + MOST_SCHEDULES + " schedules").isEmpty();
  }

  /** In what goes past the door, which most runs do not. */
  private static Stream<PlantedBug> bugsOfDirectOpens() {
    return Stream.of(
        // A connection that nobody has confirmed is not reset when its client leaves it.
        PlantedBug.call("RawSocket", "disconnect", "disconnect", 0).foundBy(1551),
        // What waits in a backlog is not waited for.
        PlantedBug.call("Backlogs$Backlog", "look", "has", 0).foundBy(622),
        // An address is forgotten though its client may come.
        PlantedBug.call("DirectOpens", "release", "cancel", 0),
        // Frames of a session that is not accepted yet are not heard.
        PlantedBug.call("ServerSide", "present", "begun", 0).foundBy(1352),
        // A connection that was lost on its way to accept is not asked for.
        PlantedBug.method("ClientSession", "reviewDirect", 0).foundBy(922),
        // What fails does not go by the door.
        PlantedBug.method("DirectOpening", "leave", 0));
  }

  @Test
  @Timeout(600)
  void shouldFindEachPlantedBugOfDirectOpens() {
    List<String> missed =
        bugsOfDirectOpens().toList().parallelStream()
            .filter(bug -> !isFound(bug, true))
            .map(PlantedBug::toString)
            .toList();

    assertThat(missed).describedAs("in " + MOST_SCHEDULES + " schedules").isEmpty();
  }

  private static boolean isFound(PlantedBug bug, boolean isOfDirectOpens) {
    BiFunction<Long, StringBuilder, String[]> simulation = new SimulationLoader(bug).simulation();
    return LongStream.concat(
            LongStream.of(bug.knownSeed()), LongStream.rangeClosed(1, MOST_SCHEDULES))
        .filter(seed -> isOfDirectOpens == Settings.isDirect(seed))
        .anyMatch(seed -> isFoundBy(seed, bug, simulation));
  }

  private static boolean isFoundBy(
      long seed, PlantedBug bug, BiFunction<Long, StringBuilder, String[]> simulation) {
    String found = simulation.apply(seed, null)[0];
    if (found != null) {
      System.out.println(bug + ": seed=" + seed + " " + found);
    }
    return found != null;
  }
}
