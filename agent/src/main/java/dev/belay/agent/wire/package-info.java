/**
 * The protocol, byte by byte: prefaces of links, control frames, keys and MACs. One record and one
 * codec each; no socket, no thread, no clock. Bytes come from the door and the control links, and
 * go back to them; {@link dev.belay.agent.wire.PrefaceHeader} is the first thing read from a link,
 * {@link dev.belay.agent.wire.FrameReader} the last. Decoding rejects with {@link
 * dev.belay.agent.wire.FrameFormatException}, never guesses. See docs/protocol.md.
 */
package dev.belay.agent.wire;
