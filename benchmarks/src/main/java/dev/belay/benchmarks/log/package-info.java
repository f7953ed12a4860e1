/**
 * What it takes until other members hold a session's input. Bytes come from {@link
 * dev.belay.benchmarks.log.LogBenchmark} and go to a {@link dev.belay.benchmarks.log.LogMember} in
 * another JVM.
 */
package dev.belay.benchmarks.log;
