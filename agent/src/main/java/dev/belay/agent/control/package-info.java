/**
 * Control links and what both ends of a session do alike: acknowledgements, ends, losses. Frames
 * come from the peer ({@link dev.belay.agent.wire}) and go to the session's {@link
 * dev.belay.agent.control.Endpoint}.
 */
package dev.belay.agent.control;
