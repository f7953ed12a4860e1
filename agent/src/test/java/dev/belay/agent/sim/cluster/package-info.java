/**
 * The cluster in the simulated world: the product's log and holder, joined by messages that take
 * their time on the network that the faults strike. Takes the place of {@link
 * dev.belay.agent.cluster.EmbeddedMember}; bytes go to {@link dev.belay.replicator.members.Holder}.
 */
package dev.belay.agent.sim.cluster;
