/**
 * The programs that are measured, as somebody else would write them: not one import of ours. Each
 * is a JVM that takes commands, a line each, from its standard input.
 *
 * <p>Bytes go between {@link dev.belay.benchmarks.traffic.Client} and {@link
 * dev.belay.benchmarks.traffic.Server}; answers, a line each, to standard output.
 */
package dev.belay.benchmarks.traffic;
