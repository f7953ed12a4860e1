/**
 * The sample applications through a takeover: their own verdicts, and what the agent counted.
 *
 * <p>Their bytes come from the samples' jar as users get it, started by {@link
 * dev.belay.it.rig.Launch}; {@link dev.belay.it.rig.AgentMetrics} reads the agent's counters
 * through JMX.
 */
package dev.belay.it.samples;
