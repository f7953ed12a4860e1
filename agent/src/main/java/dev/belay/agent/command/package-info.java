/**
 * What {@code java -jar belay-agent.jar} can do on a command line.
 *
 * <p>Words come from {@link dev.belay.agent.launch.Launcher}; settings go on to another JVM by
 * {@link dev.belay.agent.command.AttachCommand}.
 */
package dev.belay.agent.command;
