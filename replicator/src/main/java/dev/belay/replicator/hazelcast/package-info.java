/**
 * Members of a Hazelcast cluster as each other's holders: it gives membership, connections and
 * operations addressed to a member, nothing else. Bytes come from {@link
 * dev.belay.replicator.members.MemberLog} and go to the {@link dev.belay.replicator.members.Holder}
 * of another member. The only package that names Hazelcast.
 */
package dev.belay.replicator.hazelcast;
