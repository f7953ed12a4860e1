/**
 * What the holder of a log does, whichever adapter it belongs to: epochs, fences, appends by
 * position, limits. The records come from {@link dev.belay.replicator.log.SessionLog}'s appends and
 * go to its readers; a holder neither looks into them nor cuts them.
 */
package dev.belay.replicator.held;
