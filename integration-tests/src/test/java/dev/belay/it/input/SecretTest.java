package dev.belay.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.attach.EchoServer;
import dev.belay.it.attach.SteadyClient;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Only who knows the secret gets through the door. The others' connections go to the application's
 * own port, plain, with one warning.
 */
@ExtendWith(RigExtension.class)
@Timeout(60)
class SecretTest {
  private static final String SECRET = "correct horse battery staple";
  private static final int SOME_ROUNDS = 50;

  @OneJdk
  void shouldProtectOnlyClientsThatKnowTheSecret(Jdk jdk, Rig rig) {
    Member member = Member.free();
    Jvm server = server(jdk, rig, member, SECRET);
    Jvm knowing = client("knowing", jdk, rig, member, SECRET);
    Jvm wrong = client("wrong", jdk, rig, member, "guessed");
    Jvm without = client("without", jdk, rig, member, null);

    List.of(knowing, wrong, without).forEach(client -> client.say("open"));
    List.of(knowing, wrong, without).forEach(SecretTest::assertWorks);

    assertThat(knowing.agentLog()).noneMatch(line -> line.contains(" WARN "));
    assertThat(wrong.awaitLog(1, " WARN "))
        .singleElement()
        .asString()
        .contains("connection not protected");
    assertThat(without.awaitLog(1, " WARN "))
        .singleElement()
        .asString()
        .contains("connection not protected");
    server.transcript().awaitLines("refused at the door: .*secret", 2, Jvm.PATIENCE);
    assertThat(rig.transcripts()).doesNotContain(SECRET, "guessed");
  }

  @OneJdk
  void shouldNotGiveAServerWithoutTheSecretAnySession(Jdk jdk, Rig rig) {
    Member member = Member.free();
    Jvm server = server(jdk, rig, member, null);
    Jvm client = client("client", jdk, rig, member, SECRET);

    client.say("open");
    assertWorks(client);

    assertThat(client.awaitLog(1, " WARN "))
        .singleElement()
        .asString()
        .contains("connection not protected");
    server.awaitLine("refused at the door: .*secret");
  }

  private static Jvm server(Jdk jdk, Rig rig, Member member, String secret) {
    Jvm server =
        rig.jvm("server", jdk)
            .agent(withSecret(member.settings(), secret))
            .main(EchoServer.class, String.valueOf(member.port()));
    server.awaitLine("^listening");
    return server;
  }

  private static Jvm client(String name, Jdk jdk, Rig rig, Member member, String secret) {
    SupportGroup group = new SupportGroup(List.of(member));
    return rig.jvm(name, jdk)
        .agent(withSecret(group.clientSettings(), secret))
        .main(SteadyClient.class, String.valueOf(member.port()));
  }

  /** A slow machine is no dead peer: so they wait for each other. */
  private static Map<String, String> withSecret(Map<String, String> settings, String secret) {
    settings.put("suspect", "10s");
    if (secret != null) {
      settings.put("secret", secret);
    }
    return settings;
  }

  private static void assertWorks(Jvm client) {
    client.transcript().awaitNumber("^at 1 (\\d+)", SOME_ROUNDS, Jvm.PATIENCE);
    client.say("end 1");
    client.awaitLine("^right 1 ");
  }
}
