/**
 * The port through which sessions and their input logs are kept outside the server that they
 * protect, {@link dev.belay.replicator.log.SessionLog}. The bytes come from the log writer of a
 * server as {@link dev.belay.replicator.log.LogRecord}s and go to the server that takes the session
 * over.
 */
package dev.belay.replicator.log;
