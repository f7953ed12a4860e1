/** Servers that hold logs for each other: takeovers that need little of the client. */
package dev.belay.it.cluster;
