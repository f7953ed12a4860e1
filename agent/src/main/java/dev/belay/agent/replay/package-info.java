/**
 * The server's side of a takeover: feeds the log to a fresh handler, verifies and suppresses its
 * output. The log comes from the client's link ({@link dev.belay.agent.wire.TurnHeader}); in the
 * end that link goes under the handler's descriptor ({@link
 * dev.belay.agent.descriptor.GuardedDescriptor}).
 */
package dev.belay.agent.replay;
