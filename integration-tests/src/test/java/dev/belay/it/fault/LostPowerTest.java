package dev.belay.it.fault;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static dev.belay.it.rig.LedgerStory.handlers;
import static dev.belay.it.rig.LedgerStory.stallMs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.LedgerClient;
import dev.belay.it.programs.LedgerServer;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.BrokenWay;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Machines;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The server's machine is gone without a FIN or a reset, and answers no new connection: its clients
 * are at the backup soon after {@code belay.suspect}.
 */
@ExtendWith(RigExtension.class)
@Timeout(90)
class LostPowerTest {
  private static final int A = 0;
  private static final int B = 1;
  private static final int CLIENT = 2;
  private static final int MACHINES = 3;
  private static final int CONNECTIONS = 4;

  /** {@code belay.suspect} of 1 s and half a second more; the rest is a loaded machine's. */
  private static final long STALL_MS = 3_000;

  private static final String[] LOAD = {
    "until=told",
    "connections=" + CONNECTIONS,
    "window=50",
    "requests=200",
    "maxReply=4096",
    "pause=1"
  };

  @OneJdk
  void shouldGoOnSoonWhenNothingComesFromTheServerAnyMore(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    Member backupAt = Member.free();
    LedgerStory story = new LedgerStory(rig, jdk);
    story.server("A", way.server().port(), ServerKind.BLOCKING, way.serverSettings());
    Jvm backup = story.server("B", backupAt, ServerKind.BLOCKING);
    SupportGroup group = new SupportGroup(List.of(way.server().beside(), backupAt));
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 200);
    way.door().swallow();
    awaitMore(client, 200);
    finish(client);

    assertMovedSoon(client, backup);
  }

  @OneJdk
  void shouldGoOnWhenTheServersMachineIsOffTheNetwork(Jdk jdk, Rig rig) {
    String missing = Machines.missing();
    assumeTrue(missing == null, missing);
    Machines machines = rig.closing(new Machines(MACHINES));
    SupportGroup group =
        new SupportGroup(
            List.of(
                new Member(machines.address(A), 7001, 7400),
                new Member(machines.address(B), 7001, 7400)));
    server(rig, jdk, machines, group, A);
    Jvm backup = server(rig, jdk, machines, group, B);
    Jvm client = client(rig, jdk, machines, group);

    awaitMore(client, 200);
    machines.cut(A);
    awaitMore(client, 200);
    finish(client);

    assertMovedSoon(client, backup);
  }

  private static void assertMovedSoon(Jvm client, Jvm backup) {
    assertSameStreams(client, backup);
    assertThat(handlers(backup)).isEqualTo(CONNECTIONS);
    assertThat(stallMs(client)).isLessThan(STALL_MS);
  }

  private static Jvm server(Rig rig, Jdk jdk, Machines machines, SupportGroup group, int place) {
    Member member = group.member(place);
    Jvm server =
        rig.jvm("server " + (char) ('A' + place), jdk)
            .on(machines.on(place))
            .agent(member.settings())
            .main(
                LedgerServer.class,
                "kind=selector",
                "host=" + member.host(),
                "port=" + member.port());
    server.awaitLine("^READY ");
    return server;
  }

  private static Jvm client(Rig rig, Jdk jdk, Machines machines, SupportGroup group) {
    List<String> args = new ArrayList<>(List.of(LOAD));
    args.add("connect=" + group.member(A).address());
    return rig.jvm("client", jdk)
        .on(machines.on(CLIENT))
        .agent(group.clientSettings())
        .main(LedgerClient.class, args.toArray(String[]::new));
  }
}
