/**
 * Applications of the simulation: clients with a script, servers whose output is a function of
 * their input. They know plain sockets only ({@link dev.belay.agent.sim.kernel.WovenSocket}) and
 * check every byte.
 */
package dev.belay.agent.sim.app;
