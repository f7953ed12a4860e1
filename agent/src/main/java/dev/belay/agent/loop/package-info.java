/**
 * The agent's one thread per JVM. What is ready comes from the kernel ({@link
 * sun.nio.ch.BelayNative}) and goes to door, control links and takeovers, which all run here.
 */
package dev.belay.agent.loop;
