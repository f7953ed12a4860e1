package dev.belay.samples.chaos.fault;

/**
 * One planned fault.
 *
 * @param number counted from 1
 * @param atMs when it begins, since the start of the run
 * @param kind what is done
 * @param server to which server, counted from 0
 * @param lengthMs how long it lasts; 0 for what happens in a moment
 */
public record Fault(int number, long atMs, FaultKind kind, int server, long lengthMs) {}
