/**
 * Seeded simulation: whole JVMs with the product's own classes in virtual time, broken in every way
 * that the seed decides. What it is and how to run it: {@code docs/simulation.md}.
 */
package dev.belay.agent.sim;
