package dev.belay.it.cluster;

import static dev.belay.it.rig.Cluster.awaitReplicating;
import static dev.belay.it.rig.Cluster.with;
import static dev.belay.it.rig.ClusterStory.BEYOND;
import static dev.belay.it.rig.ClusterStory.assertNoneLost;
import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.it.programs.LedgerClient;
import dev.belay.it.programs.LedgerServer;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Machines;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The network is split: the primary on one side, its clients and the other servers on the other.
 * What both sides did meanwhile must not mix when they meet again.
 */
@ExtendWith(RigExtension.class)
@Timeout(180)
class SplitClusterTest {
  /** Requests of its four connections after which what they have sent before is shipped. */
  private static final int SHIPPED = 3_000;

  private static final int SERVERS = 3;
  private static final int CONNECTIONS = 4;
  private static final int CLIENT = SERVERS;
  private static final int A = 0;
  private static final int B = 1;
  private static final int C = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @OneJdk
  void shouldLetNoOldServerSpeakWhenTheSidesMeet(Jdk jdk, Rig rig) {
    assumeTrue(Boolean.getBoolean("belay.it.long"), "a long test: -Dbelay.it.long=true");
    String missing = Machines.missing();
    assumeTrue(missing == null, missing);
    Machines machines = rig.closing(new Machines(SERVERS + 1));
    SupportGroup group = group(machines);
    Jvm[] servers = new Jvm[SERVERS];
    for (int i = 0; i < SERVERS; i++) {
      servers[i] = server(rig, jdk, machines, group, i);
    }
    awaitReplicating(servers);
    Jvm client = client(rig, jdk, machines, group);
    awaitMore(client, BEYOND);

    machines.cut(A);
    awaitMore(client, 400);
    servers[A].awaitLine("belay WARN cluster: no other member holds logs", PATIENCE);
    awaitMore(client, BEYOND);
    machines.join(A);
    servers[A].transcript().awaitLines("belay INFO cluster: logs are held", 2, PATIENCE);
    servers[A].transcript().awaitLines("^ENDED .* cause=(?!eof)", CONNECTIONS, PATIENCE);
    awaitMore(client, SHIPPED);
    int atB = servers[B].transcript().matches("belay INFO takeover here: ").size();
    servers[B].kill9();
    client.transcript().awaitLines("belay INFO takeover: ", CONNECTIONS + atB, PATIENCE);
    awaitMore(client, SHIPPED);
    servers[C].kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, servers[A]);
    assertNoneLost(client);
  }

  private static SupportGroup group(Machines machines) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      members.add(new Member(machines.address(i), 7001, 7400));
    }
    return new SupportGroup(members);
  }

  private static Jvm server(Rig rig, Jdk jdk, Machines machines, SupportGroup group, int place) {
    String host = machines.address(place);
    Jvm server =
        rig.jvm("server " + (char) ('A' + place), jdk)
            .on(machines.on(place))
            .agent(
                with(
                    group.member(place).settings(),
                    "cluster.mode=embedded",
                    "cluster.key=correct horse battery staple",
                    "cluster.bind=" + host + ":5701",
                    "cluster.members="
                        + String.join(
                            ",", machines.address(A), machines.address(B), machines.address(C))))
            .main(LedgerServer.class, "kind=blocking", "host=" + host, "port=7001");
    server.awaitLine("^READY ");
    return server;
  }

  private static Jvm client(Rig rig, Jdk jdk, Machines machines, SupportGroup group) {
    return rig.jvm("client", jdk)
        .on(machines.on(CLIENT))
        .agent(with(group.clientSettings(), "log.limit=256k"))
        .main(
            LedgerClient.class,
            "kind=blocking",
            "connect=" + group.member(A).address(),
            "until=told",
            "connections=" + CONNECTIONS,
            "window=40",
            "requests=400",
            "maxReply=2048",
            "limit=170",
            "pause=1");
  }
}
