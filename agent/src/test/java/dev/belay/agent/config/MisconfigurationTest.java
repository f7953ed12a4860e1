package dev.belay.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every message literally: operators search for them, and the documentation quotes them. */
final class MisconfigurationTest {

  private static final String TARGETS =
      "expected host:port@doorPort, targets separated by commas,"
          + " servers of one support group joined by |";
  private static final String SERVICES =
      "expected * or none or a list of port or name=port separated by commas";
  private static final String DURATION_END = ", such as 200ms, 1s or 2m";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a:7001; \"a:7001\" has no @doorPort",
        "a@7401; \"a\" has no port",
        "a:7001@; port \"\" is not a number from 1 to 65535",
        "a:7001@0; port \"0\" is not a number from 1 to 65535",
        "a:7001@65536; port \"65536\" is not a number from 1 to 65535",
        "a:99999999999@1; port \"99999999999\" is not a number from 1 to 65535",
        "a:-1@1; port \"-1\" is not a number from 1 to 65535",
        "a:x@1; port \"x\" is not a number from 1 to 65535",
        "a:7001@7401@7402; port \"7401@7402\" is not a number from 1 to 65535",
        ":7001@7401; \"\" is not a host",
        "a b:7001@7401; \"a b\" is not a host",
        "[]:7001@7401; \"[]\" is not a host",
        "[a:7001@7401; \"[a\" is not a host",
        "[a]:7001@7401; \"[a]\" is not a host",
        "::1:7001@7401; '\"::1:7001\" has more than one colon; write an IPv6 address in brackets'",
        "a:7001@7401,; there is an empty entry in the list",
        "a:7001@7401||b:1@2; there is an empty entry in the list",
        "a:7001@7401,a:7001@7402; a:7001 is listed twice",
        "a:7001@7401|a:7001@7401; a:7001 is listed twice",
      })
  void shouldExplainMalformedTargets(String value, String detail) {
    assertThat(Loading.lines(Loading.system("belay.connect=" + value)))
        .containsExactly(
            "belay.connect=" + value + " (system property): " + TARGETS + ", but " + detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "http; port \"http\" is not a number from 1 to 65535",
        "db=; port \"\" is not a number from 1 to 65535",
        "=5432; \"\" is not a name of 1 to 64 letters, digits, dots, dashes or underscores",
        "my db=1; \"my db\" is not a name of 1 to 64 letters, digits, dots, dashes or underscores",
        "80=8080; the name 80 is another port's number",
        "db=1,db=2; the name db is given twice",
        "a=1,b=1; port 1 is listed twice",
        "*,; there is an empty entry in the list",
      })
  void shouldExplainMalformedServices(String value, String detail) {
    assertThat(Loading.lines(Loading.system("belay.services=" + value)))
        .containsExactly(
            "belay.services=" + value + " (system property): " + SERVICES + ", but " + detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "belay.enabled=yes; expected true or false",
        "belay.door=7400; expected host:port, but \"7400\" has no port",
        "belay.door=; expected host:port, but \"\" has no port",
        "belay.advertise=a:0; expected host:port that clients can connect to,"
            + " but port \"0\" is not a number from 1 to 65535",
        "belay.advertise=0.0.0.0:7400; expected host:port that clients can connect to,"
            + " but nobody can connect to 0.0.0.0",
        "belay.advertise=[::]:7400; expected host:port that clients can connect to,"
            + " but nobody can connect to ::",
        "belay.secret=; expected a secret that is not empty",
        "belay.cluster.key=; expected a secret that is not empty",
        "belay.cluster.mode=sharded; expected embedded, external or none",
        "belay.cluster.members=a:b; expected host or host:port separated by commas,"
            + " but port \"b\" is not a number from 1 to 65535",
        "belay.cluster.bind=127.0.0.1; expected host:port, but \"127.0.0.1\" has no port",
        "belay.log.limit=64mb; expected a size from 1k, such as 64m, 10k or 1g",
        "belay.log.limit=; expected a size from 1k, such as 64m, 10k or 1g",
        "belay.log.limit=1023; expected a size from 1k, such as 64m, 10k or 1g,"
            + " but it is too small",
        "belay.memory=999999999999999g; expected a size from 64k, such as 64m, 10k or 1g,"
            + " but it is too large",
        "belay.memory=-1; expected a size from 64k, such as 64m, 10k or 1g",
        "belay.on-limit=drop; expected demote or block",
        "belay.divergence=ignore; expected abort or continue,"
            + " then name=abort or name=continue for single services",
        "belay.divergence=abort,continue; expected abort or continue,"
            + " then name=abort or name=continue for single services,"
            + " but the value for all services is given twice",
        "belay.divergence=db=abort,db=abort; expected abort or continue,"
            + " then name=abort or name=continue for single services, but db is given twice",
        "belay.log.level=trace; expected error, warn, info, debug or off",
        "belay.log.file=; expected the path of a file",
      })
  void shouldExplainMalformedValues(String assignment, String complaint) {
    assertThat(Loading.lines(Loading.system(assignment)))
        .containsExactly(assignment + " (system property): " + complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "belay.heartbeat=200; a duration from 10ms to 1m; , but a unit is missing",
        "belay.heartbeat=9ms; a duration from 10ms to 1m; , but it is too short",
        "belay.heartbeat=2m; a duration from 10ms to 1m; , but it is too long",
        "belay.heartbeat=1h; a duration from 10ms to 1m; ''",
        "belay.heartbeat=ms; a duration from 10ms to 1m; ''",
        "belay.suspect=1.5s; a duration from 20ms to 10m; ''",
        "belay.resume-window=0s; a duration from 1ms to 1440m; , but it is too short",
      })
  void shouldExplainMalformedDurations(String assignment, String expected, String detail) {
    assertThat(Loading.lines(Loading.system(assignment)))
        .containsExactly(
            assignment + " (system property): expected " + expected + DURATION_END + detail);
  }

  @Test
  void shouldRefuseSuspicionFasterThanTwoBeats() {
    assertThat(Loading.lines(Loading.system("belay.heartbeat=1s", "belay.suspect=1999ms")))
        .containsExactly(
            "belay.suspect=1999ms (system property):"
                + " expected at least twice belay.heartbeat, which is 1000ms");
    assertThat(Loading.lines(Loading.system("belay.heartbeat=1s")))
        .containsExactly(
            "belay.suspect=1s (default):"
                + " expected at least twice belay.heartbeat, which is 1000ms");
    assertThat(Loading.lines(Loading.system("belay.heartbeat=1s", "belay.suspect=2s"))).isEmpty();
  }

  @Test
  void shouldRefuseToBlockForAClusterThatIsNotThere() {
    assertThat(Loading.lines(Loading.system("belay.on-limit=block", "belay.cluster.mode=none")))
        .containsExactly(
            "belay.on-limit=block (system property): nothing ever becomes durable without a"
                + " cluster; expected demote, or a belay.cluster.mode other than none");
  }

  @Test
  void shouldRefuseADoorOnAServicePort() {
    assertThat(Loading.lines(Loading.system("belay.services=db=7400")))
        .containsExactly(
            "belay.door=0.0.0.0:7400 (default):"
                + " expected a port of its own, but belay.services lists 7400");
  }

  @Test
  void shouldWarnOfALimitThatMemoryDoesNotReach() {
    long heapBytes = Runtime.getRuntime().maxMemory();

    assertThat(Loading.system("belay.memory=" + heapBytes).settings().warnings()).isEmpty();
    assertThat(Loading.system("belay.memory=" + (heapBytes + 1)).settings().warnings())
        .containsExactly(
            "belay.memory is more than this JVM's heap, which is "
                + heapBytes
                + " bytes: it limits nothing");
  }

  @Test
  void shouldRefuseAnExceptionForAServiceThatThereIsNot() {
    String divergence = "belay.divergence=abort,dp=continue";

    assertThat(Loading.lines(Loading.system("belay.services=db=5432,80", divergence)))
        .containsExactly(
            divergence
                + " (system property): expected names out of belay.services, but that does not"
                + " list dp");
    assertThat(Loading.lines(Loading.system("belay.services=dp=5432", divergence))).isEmpty();
    assertThat(Loading.lines(Loading.system("belay.services=*,db=5432", divergence))).isEmpty();
    assertThat(Loading.lines(Loading.system("belay.services=none", divergence))).isEmpty();
  }

  @Test
  void shouldWarnOfAMemberThatEverybodyCanReach() {
    String bind = "belay.cluster.bind=0.0.0.0:5701";

    assertThat(Loading.system(bind).settings().warnings())
        .containsExactly(
            bind
                + " is every address of this machine, and there is no belay.cluster.key: whoever"
                + " reaches that port can read and change what the cluster holds");
    assertThat(Loading.system().settings().warnings()).isEmpty();
    assertThat(Loading.system(bind, "belay.cluster.key=k").settings().warnings()).isEmpty();
    assertThat(Loading.system(bind, "belay.cluster.mode=none").settings().warnings()).isEmpty();
    assertThat(Loading.system(bind, "belay.services=none").settings().warnings()).isEmpty();
  }

  @Test
  void shouldSuggestTheNearestKey() {
    Map<String, String> environment = Map.of("BELAY_CONECT", "x", "BELAYED", "x");
    Properties system =
        Loading.properties(
            "belay.clustr.members=x", "belay.onlimit=block", "belay.frobnicate=x", "belayed=x");

    assertThat(Loading.lines(Settings.load(null, environment, system)))
        .containsExactly(
            "BELAY_CONECT=x (environment variable): unknown key; did you mean BELAY_CONNECT?",
            "belay.clustr.members=x (system property): unknown key;"
                + " did you mean belay.cluster.members?",
            "belay.frobnicate=x (system property): unknown key, and near none of the known ones",
            "belay.onlimit=block (system property): unknown key; did you mean belay.on-limit?");
  }

  @Test
  void shouldNameTheOrigin() throws Exception {
    Path file = Files.writeString(directory.resolve("x"), "belay.door=x\nbelay.config=y\n");

    Map<String, String> environment =
        Map.of("BELAY_CONFIG", file.toString(), "BELAY_ON_LIMIT", "x");

    assertThat(Loading.lines(Settings.load("advertise=x;foo", environment, new Properties())))
        .containsExactly(
            "belay.foo= (agent argument): expected key=value",
            "belay.config=y (file " + file + "): a file of settings cannot name another",
            "belay.door=x (file " + file + "): expected host:port, but \"x\" has no port",
            "belay.advertise=x (agent argument): expected host:port that clients can connect to,"
                + " but \"x\" has no port",
            "belay.on-limit=x (environment variable BELAY_ON_LIMIT): expected demote or block");
  }

  @Test
  void shouldExplainAFileThatCannotBeRead() throws Exception {
    Path malformed = Files.writeString(directory.resolve("x"), "belay.door=\\u12");
    String prefix = " (agent argument): expected the path of a readable properties file, but ";

    assertThat(Loading.lines(Settings.load("/no/such", Map.of(), new Properties())))
        .containsExactly("belay.config=/no/such" + prefix + "there is no such file");
    assertThat(Loading.lines(Settings.load(directory.toString(), Map.of(), new Properties())))
        .containsExactly("belay.config=" + directory + prefix + "it is a directory");
    assertThat(Loading.lines(Settings.load(malformed.toString(), Map.of(), new Properties())))
        .containsExactly(
            "belay.config="
                + malformed
                + prefix
                + "it cannot be read: Malformed \\uxxxx encoding.");
  }

  @Test
  void shouldKeepAProblemInOneLineOfLimitedLength() {
    Settings.Loaded loaded = Loading.system("belay.door=a\nb\u0007" + "c".repeat(1_000));

    assertThat(loaded.problems().get(0).line())
        .startsWith("belay.door=a?b?" + "c".repeat(196) + "... (system property): ")
        .doesNotContain("\n");
  }

  @Test
  void shouldFallBackToTheDefaultOfAMalformedValue() {
    Settings settings = Loading.system("belay.door=x", "belay.heartbeat=x").settings();

    assertThat(settings.door()).hasToString("0.0.0.0:7400");
    assertThat(settings.heartbeatMs()).isEqualTo(200);
  }

  @Test
  void shouldWarnOfDirectOpensWithoutASecret() {
    assertThat(Loading.system("belay.direct=100-200").settings().warnings())
        .singleElement()
        .asString()
        .contains("belay.direct has no effect without a belay.secret");
    Settings whole = Loading.system("belay.direct=100-200", "belay.secret=s").settings();
    assertThat(whole.warnings()).isEmpty();
  }

  @Test
  void shouldWarnOfDirectOpensFromPortsThatAnyProgramMayGet() {
    PortRange any = PortRange.ofThisMachine();

    Settings settings =
        Loading.system(
                "belay.direct=100-" + any.first(), "belay.secret=s", "belay.connect=a:80@7400")
            .settings();

    assertThat(settings.directPorts()).isNull();
    assertThat(settings.warnings())
        .singleElement()
        .asString()
        .contains("belay.direct=100-" + any.first() + " has no effect")
        .contains(any.toString());
  }
}
