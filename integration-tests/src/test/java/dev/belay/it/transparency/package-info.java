/**
 * The same program with and without the agent does and prints the same, in its failures too.
 *
 * <p>Its bytes come from {@link dev.belay.it.transparency.Probe} and {@link
 * dev.belay.it.transparency.ProbeServer}, plain JDK programs that walk through the socket API at
 * both ends of a connection; what they saw goes, as lines, into {@link
 * dev.belay.it.transparency.TransparencyTest}'s comparison.
 */
package dev.belay.it.transparency;
