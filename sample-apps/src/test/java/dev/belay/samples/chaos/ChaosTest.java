package dev.belay.samples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command line of the chaos runner. */
class ChaosTest {

  private final StringWriter errors = new StringWriter();

  @Test
  void shouldRefuseWhatItDoesNotUnderstand() {
    assertThat(run("--app=solitaire")).isEqualTo(2);
    assertThat(run("--faults=kill,sneeze")).isEqualTo(2);
    assertThat(run("--time=soon")).isEqualTo(2);
    assertThat(run("--every=5s-1s")).isEqualTo(2);
    assertThat(run("--servers=1", "--faults=kill")).isEqualTo(2);
    assertThat(errors.toString())
        .contains("solitaire", "sneeze", "'soon' is not a time", "5000 to 1000 ms", "2 servers");
  }

  @Test
  void shouldSayWhereItLooksForTheAgent() {
    assertThat(run("--agent=/nowhere/agent.jar", "--faults=kill")).isEqualTo(2);
    assertThat(errors.toString()).contains("no agent at /nowhere/agent.jar");
  }

  private int run(String... args) {
    return Chaos.commandLine().setErr(new PrintWriter(errors, true)).execute(args);
  }

  @Test
  void shouldKnowTheExperiment() {
    assertThat(Chaos.commandLine().getSubcommands()).containsOnlyKeys("migrations");
    assertThat(new CommandLine(new Chaos()).getUsageMessage()).contains("CAP_NET_ADMIN");
  }
}
