/**
 * Measurements by hand, no part of pass or fail: what the agent costs at start-up, how long a
 * takeover stalls a client.
 *
 * <p>Times come from child JVMs ({@link dev.belay.it.rig.Rig}); medians go to standard output.
 */
package dev.belay.it.benchmarks;
