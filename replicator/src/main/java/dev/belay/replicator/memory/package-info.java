/**
 * A session log within one JVM, for tests and demos. The bytes come from {@link
 * dev.belay.replicator.log.SessionLog}'s callers, stay on the heap, and go back to {@link
 * dev.belay.replicator.log.SessionLog#read}ers of the same JVM.
 */
package dev.belay.replicator.memory;
