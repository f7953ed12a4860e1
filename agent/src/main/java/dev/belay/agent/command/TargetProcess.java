package dev.belay.agent.command;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.belay.agent.launch.Launcher;
import java.io.File;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.bytebuddy.agent.ByteBuddyAgent;

/** A process that is to get the agent. Looked at before it is touched. */
final class TargetProcess {

  /** Deep enough for any real chain of causes; one that is deeper runs in a circle. */
  private static final int MOST_CAUSES = 20;

  private final long pid;

  TargetProcess(long pid) {
    this.pid = pid;
  }

  /**
   * Refuses what could not work or would do harm: the attach protocol begins with a SIGQUIT, which
   * ends a process that does not expect it.
   */
  void requireAttachable() throws AttachFailedException {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isEmpty()) {
      throw new AttachFailedException("does not exist");
    }
    if (pid == ProcessHandle.current().pid()) {
      throw new AttachFailedException("is the one that runs this command");
    }
    requireSameUser(process.get());
    ProcessTraits traits = ProcessTraits.of(pid);
    if (!traits.isJvm()) {
      throw new AttachFailedException("is not a JVM");
    }
    if (!traits.listensForAttach()) {
      throw new AttachFailedException(
          "does not listen for attach requests: it is only just starting,"
              + " or was started with -XX:+DisableAttachMechanism");
    }
  }

  private static void requireSameUser(ProcessHandle process) throws AttachFailedException {
    String own = ProcessHandle.current().info().user().orElse("");
    String user = process.info().user().orElse(own);
    if (!own.equals("root") && !own.equals(user)) {
      throw new AttachFailedException("belongs to user " + user + "; attach as that user");
    }
  }

  /** Starts the agent there; the answer is its summary of what is protected. */
  String attach(File agentJar, String argument) throws AttachFailedException {
    try {
      ByteBuddyAgent.attach(agentJar, Long.toString(pid), argument);
    } catch (IllegalStateException e) {
      throw new AttachFailedException(reason(e), e);
    }
    return summary(outcome());
  }

  /** What the agent there says of itself now. */
  String said() throws AttachFailedException {
    return summary(outcome());
  }

  /**
   * Waits for the end of the process.
   *
   * @return whether it has ended
   */
  boolean hasEndedWithin(long timeoutMs) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isEmpty()) {
      return true;
    }
    try {
      process.get().onExit().get(timeoutMs, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static String summary(String outcome) throws AttachFailedException {
    if (outcome == null) {
      throw new AttachFailedException("took the agent, which then did not report");
    }
    if (!outcome.startsWith(Launcher.STARTED)) {
      throw new AttachFailedException("refused: " + outcome);
    }
    return outcome.substring(Launcher.STARTED.length());
  }

  private String outcome() throws AttachFailedException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        return machine.getSystemProperties().getProperty(Launcher.ATTACHED_PROPERTY);
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException | IOException e) {
      throw new AttachFailedException("took the agent, but cannot be asked about it: " + e, e);
    }
  }

  /** The library wraps what went wrong; without a cause it found no way to attach at all. */
  private static String reason(IllegalStateException e) {
    if (e.getCause() == null) {
      return AttachFailedException.NO_ATTACH_MODULE;
    }
    Throwable root = root(e);
    String text = String.valueOf(root.getMessage()).replace('\n', ' ');
    return root instanceof AttachNotSupportedException
        ? "does not accept attach requests: " + text
        : "could not load the agent: " + text;
  }

  private static Throwable root(Throwable e) {
    Throwable root = e;
    for (int depth = 0; depth < MOST_CAUSES && root.getCause() != null; depth++) {
      root = root.getCause();
    }
    return root;
  }
}
