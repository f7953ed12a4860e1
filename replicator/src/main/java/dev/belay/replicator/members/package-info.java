/**
 * A session log that members of a cluster hold for each other, whatever connects them. The bytes
 * come from {@link dev.belay.replicator.log.SessionLog#append}, are sealed, gathered and sent by
 * {@link dev.belay.replicator.members.Lane}s, and end in another member's {@link
 * dev.belay.replicator.members.Holder}.
 */
package dev.belay.replicator.members;
