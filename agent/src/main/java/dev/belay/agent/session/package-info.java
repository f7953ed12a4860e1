/**
 * A session as arithmetic: positions, what is kept for a resend, turns, checksum. Bytes come from
 * {@link dev.belay.agent.descriptor} as they pass, and go out of {@link
 * dev.belay.agent.session.Retention} into new links ({@link dev.belay.agent.session.Pump}).
 */
package dev.belay.agent.session;
