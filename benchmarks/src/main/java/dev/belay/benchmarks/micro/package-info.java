/**
 * JMH: the steady path in parts. What the hooks add to a read and a write, what retention, turns,
 * checksum and codecs cost by themselves, and that none of it allocates.
 *
 * <p>Bytes come from arrays and a loopback pair, figures go to JMH's own report, through {@link
 * dev.belay.benchmarks.micro.Micro}.
 */
package dev.belay.benchmarks.micro;
