/**
 * One agent in one JVM: its start, and client side and server side on one event loop. Calls come
 * from the woven JDK ({@link sun.nio.ch.BelayEvents}) and go to {@link
 * dev.belay.agent.takeover.ClientSide} and {@link dev.belay.agent.door.ServerSide}.
 */
package dev.belay.agent;
