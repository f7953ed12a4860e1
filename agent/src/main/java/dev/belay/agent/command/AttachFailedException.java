package dev.belay.agent.command;

/** The agent is not in the other JVM. The message says why, after "process 123". */
final class AttachFailedException extends Exception {

  /** Said when the JVM that runs the command, not the other one, is at fault. */
  static final String NO_ATTACH_MODULE =
      "cannot be attached to from this JVM: it has no jdk.attach module; use a full JDK";

  private static final long serialVersionUID = 1L;

  AttachFailedException(String message) {
    super(message);
  }

  AttachFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
