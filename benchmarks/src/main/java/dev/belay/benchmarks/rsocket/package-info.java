/**
 * The same traffic over RSocket with resumption on: what a program would have to be written with to
 * survive a lost link without Belay.
 *
 * <p>Commands and answers as in {@link dev.belay.benchmarks.traffic}; payloads go between {@link
 * dev.belay.benchmarks.rsocket.RSocketClient} and {@link
 * dev.belay.benchmarks.rsocket.RSocketEchoServer}.
 */
package dev.belay.benchmarks.rsocket;
