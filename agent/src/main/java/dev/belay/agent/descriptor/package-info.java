/**
 * Everything about one descriptor: parking, dup2, poll and epoll again, options. Bytes come from
 * the seam ({@link sun.nio.ch.BelayHook}) and are counted by {@link dev.belay.agent.session}.
 */
package dev.belay.agent.descriptor;
