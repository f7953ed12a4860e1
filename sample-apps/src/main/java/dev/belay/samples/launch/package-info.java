/**
 * Starts sample programs as JVMs of their own, with the agent or without. Their lines come from
 * {@link dev.belay.samples.launch.Child}'s pipe and go to whoever started them, such as {@link
 * dev.belay.samples.demo}.
 */
package dev.belay.samples.launch;
