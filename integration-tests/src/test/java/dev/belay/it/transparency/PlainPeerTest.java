package dev.belay.it.transparency;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitOk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Link;
import dev.belay.it.rig.Link.Direction;
import dev.belay.it.rig.LinkBreaker;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One end without the agent, or not listed: the bytes on the application's port are those of a run
 * without any agent.
 */
@ExtendWith(RigExtension.class)
@Timeout(90)
class PlainPeerTest {
  private static final String[] LOAD = {
    "connections=3", "requests=100", "window=10", "maxReply=4096"
  };

  @EachJdk
  void shouldCarryTheSameBytesOnTheApplicationsPort(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(1);
    LedgerStory withAgent = new LedgerStory(rig, jdk);
    LedgerStory plain = new LedgerStory(rig, jdk).plain();

    List<String> withoutAnyAgent = capture(rig, plain, plain, group);
    List<String> withAgentAtServer = capture(rig, withAgent, plain, group);
    List<String> withAgentAtClient = capture(rig, plain, withAgent, group);

    assertThat(withoutAnyAgent).hasSize(3);
    assertThat(withAgentAtServer).isEqualTo(withoutAnyAgent);
    assertThat(withAgentAtClient).isEqualTo(withoutAnyAgent);
  }

  @EachJdk
  void shouldWarnOnceOfAListedServerWithoutTheAgent(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(1);
    Jvm server =
        new LedgerStory(rig, jdk).plain().server("A", group.member(0), ServerKind.SELECTOR);
    Jvm client = new LedgerStory(rig, jdk).client(ClientKind.SELECTOR, group, LOAD);

    awaitOk(client);

    assertSameStreams(client, server);
    assertThat(client.awaitLog(1, " (WARN|ERROR) "))
        .hasSize(1)
        .allMatch(line -> line.contains(group.member(0).target()));
  }

  @EachJdk
  void shouldSayNothingOfTargetsThatAreNotListed(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(1);
    SupportGroup listed = SupportGroup.of(2);
    Jvm server =
        new LedgerStory(rig, jdk).plain().server("A", group.member(0), ServerKind.BLOCKING);
    Jvm client =
        new LedgerStory(rig, jdk)
            .client(ClientKind.ASYNCHRONOUS, group, listed.clientSettings(), LOAD);

    awaitOk(client);

    assertSameStreams(client, server);
    assertThat(client.awaitLog(1, "")).singleElement().asString().contains("version=");
  }

  /** What passed on the application's port: one text for each connection, in a fixed order. */
  private static List<String> capture(
      Rig rig, LedgerStory serverSide, LedgerStory clientSide, SupportGroup group) {
    Member member = group.member(0);
    SupportGroup way = new SupportGroup(List.of(member.beside()));
    try (LinkBreaker recorder = rig.breakerBeside(member.port())) {
      Jvm server = serverSide.server("server", member, ServerKind.BLOCKING);
      Jvm client = clientSide.client(ClientKind.BLOCKING, way, LOAD);
      awaitOk(client);
      assertSameStreams(client, server);
      server.kill9();
      return recorder.links().stream().map(PlainPeerTest::bytes).sorted().toList();
    }
  }

  private static String bytes(Link link) {
    HexFormat hex = HexFormat.of();
    return hex.formatHex(link.recording(Direction.TO_SERVER).bytes())
        + " answered by "
        + hex.formatHex(link.recording(Direction.TO_CLIENT).bytes());
  }
}
