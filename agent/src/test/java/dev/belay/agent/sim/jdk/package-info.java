/**
 * What the product's classes get in place of parts of the JDK, so that time, threads and chance
 * come from {@link dev.belay.agent.sim.kernel.World}. Each has the methods that the product calls
 * and no more: another call is a linkage error, to be answered here.
 */
package dev.belay.agent.sim.jdk;
