/**
 * What can be done to a server, when, and by which means of the operating system. The moments come
 * from a seed ({@link dev.belay.samples.chaos.fault.Schedule}); the damage goes to processes and
 * ports by {@link dev.belay.samples.chaos.fault.Signals} and {@link
 * dev.belay.samples.chaos.fault.Network}.
 */
package dev.belay.samples.chaos.fault;
