/**
 * What the agents said in their logs: lines in, moves and troubles out. The lines come from the
 * files that the children's error output went to; {@link dev.belay.samples.chaos.report} sets them
 * beside the faults.
 */
package dev.belay.samples.chaos.trace;
