/**
 * This server among the others: ships the input of its sessions to them, takes over from what they
 * hold, and knows who they are. The only package that knows the replicator.
 */
package dev.belay.agent.cluster;
