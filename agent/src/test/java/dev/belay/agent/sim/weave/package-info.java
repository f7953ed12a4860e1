/**
 * Loads the product's classes for the simulation: the same byte code, but for the names of what
 * they call outside themselves, and for a bug that a test plants.
 */
package dev.belay.agent.sim.weave;
