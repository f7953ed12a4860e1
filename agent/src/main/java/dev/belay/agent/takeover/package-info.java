/**
 * The client's side: opening sessions, the verdict on a server, the choice of the next one, resume
 * and takeover. Losses come from {@link dev.belay.agent.descriptor.LinkEvents} and control links;
 * new links go back under the application's descriptors.
 */
package dev.belay.agent.takeover;
