/**
 * The chaos runner: servers and clients of a sample application under the agent, faults at random
 * but seeded moments, one report. Lines come from the children that {@link
 * dev.belay.samples.launch.Child} starts; what is learnt goes to {@link
 * dev.belay.samples.chaos.report}.
 */
package dev.belay.samples.chaos;
