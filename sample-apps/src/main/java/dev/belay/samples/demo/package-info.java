/**
 * The demo: starts two sample servers and a client as JVMs of their own, kills the serving one
 * twice with SIGKILL while data flows, and tells whether the client noticed. The bytes flow between
 * the {@link dev.belay.samples.media}, {@link dev.belay.samples.jdbc} or {@link
 * dev.belay.samples.calculator} programs; only their progress lines come here.
 */
package dev.belay.samples.demo;
