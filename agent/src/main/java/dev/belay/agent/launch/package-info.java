/**
 * The door through which the JVM enters the agent, and all of it that the application can find.
 *
 * <p>Classes come from the agent's jar by {@link dev.belay.agent.launch.AgentClassLoader}; control
 * goes from {@link dev.belay.agent.launch.Launcher} to code that only that loader knows.
 */
package dev.belay.agent.launch;
