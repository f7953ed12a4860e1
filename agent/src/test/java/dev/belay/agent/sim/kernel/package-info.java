/**
 * A world in virtual time: machines, JVMs, sockets, a network that delays, breaks and partitions.
 * Its static methods take the place of the bridge's system calls in the product's classes ({@link
 * dev.belay.agent.sim.weave}).
 */
package dev.belay.agent.sim.kernel;
