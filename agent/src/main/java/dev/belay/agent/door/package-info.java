/**
 * The server's side: the door where data links, resumes and control links arrive, the doorbell that
 * makes the application's accept fire, and the sessions behind. Links come from clients ({@link
 * dev.belay.agent.wire.OpenPreface}) and go under the application's descriptors ({@link
 * dev.belay.agent.descriptor.GuardedDescriptor}).
 */
package dev.belay.agent.door;
