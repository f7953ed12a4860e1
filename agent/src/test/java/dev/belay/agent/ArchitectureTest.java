package dev.belay.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Channel;

/**
 * The directions in which packages may know each other. A package may be missing; a wrong arrow may
 * not exist.
 */
@AnalyzeClasses(packages = "dev.belay", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String OURS = "dev.belay..";
  private static final String AGENT = "dev.belay.agent..";
  private static final String LAUNCH = "dev.belay.agent.launch..";
  private static final String SEAM = "dev.belay.agent.seam..";
  private static final String SESSION = "dev.belay.agent.session..";
  private static final String WIRE = "dev.belay.agent.wire..";
  private static final String PORT = "dev.belay.replicator.log..";
  private static final String CLUSTER_PORT = "dev.belay.replicator.cluster..";

  private static final String[] STEADY_STATE = {
    SEAM, SESSION, WIRE, "dev.belay.agent.descriptor..", "dev.belay.agent.control..",
  };
  private static final String[] RECOVERY = {
    "dev.belay.agent.takeover..", "dev.belay.agent.replay.."
  };

  @ArchTest
  static final ArchRule steadyStateShouldNotKnowRecovery =
      noClasses()
          .that()
          .resideInAnyPackage(STEADY_STATE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(RECOVERY)
          .because("recovery listens to the steady state, never the other way round")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlySeamShouldNameBytecodeLibraries =
      noClasses()
          .that()
          .resideInAPackage(AGENT)
          .and()
          .resideOutsideOfPackage(SEAM)
          .and()
          .resideOutsideOfPackage("dev.belay.agent.command..") // attaches with Byte Buddy
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.objectweb.asm..", "net.bytebuddy..")
          .because("what is woven into the JDK must be readable in one place")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule agentShouldSeeOnlyThePortsOfTheReplicator =
      noClasses()
          .that()
          .resideInAPackage(AGENT)
          .and()
          .resideOutsideOfPackage("dev.belay.agent.cluster..") // chooses the adapter
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("dev.belay.replicator..")
                  .and(resideOutsideOfPackages(PORT, CLUSTER_PORT)))
          .because("where a log is kept is not the agent's business")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule portShouldImportNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage(PORT)
          .should()
          .dependOnClassesThat(resideInAnyPackage(OURS).and(resideOutsideOfPackages(PORT)))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyItsAdapterShouldNameHazelcast =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.belay.replicator.hazelcast..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.hazelcast..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule launcherShouldStandAlone =
      noClasses()
          .that()
          .resideInAPackage(LAUNCH)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(OURS, "org.objectweb.asm..", "net.bytebuddy..")
                  .and(resideOutsideOfPackages(LAUNCH)))
          .because("it is the only package that the application's class loader can find")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule sessionAndWireShouldNotTouchSockets =
      noClasses()
          .that()
          .resideInAnyPackage(SESSION, WIRE)
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Socket.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ServerSocket.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Channel.class)
          .because("positions and codecs are pure, so that they can be simulated")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule packagesShouldBeNamedAfterWhatTheyDo =
      classes()
          .that()
          .resideInAPackage(OURS)
          .should()
          .resideOutsideOfPackages(
              "..util..", "..common..", "..helper..", "..impl..", "..manager..", "..base..")
          .because("such a name says nothing about the way of a byte")
          .allowEmptyShould(true);
}
