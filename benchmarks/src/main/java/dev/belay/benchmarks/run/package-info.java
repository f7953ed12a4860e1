/**
 * Starts the programs of {@link dev.belay.benchmarks.traffic} with the agent, without it and behind
 * proxies, has them work in turn, and compares.
 *
 * <p>Figures come from {@link dev.belay.benchmarks.run.Child}, and go to the terminal, to JSON and
 * to charts by {@link dev.belay.benchmarks.run.Report}.
 */
package dev.belay.benchmarks.run;
