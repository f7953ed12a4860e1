/**
 * The port to the other servers: who they are, what they serve, and the log that they hold for each
 * other. What stands behind it starts and ends with a {@link
 * dev.belay.replicator.cluster.Replicator}.
 */
package dev.belay.replicator.cluster;
