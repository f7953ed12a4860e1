/**
 * A calculator with a memory, talking in lines. Requests come from {@link
 * dev.belay.samples.calculator.CalculatorClient}; every reply of {@link
 * dev.belay.samples.calculator.CalculatorServer} depends on all requests before it, so that a line
 * that is lost, doubled or out of order shows in all later replies.
 */
package dev.belay.samples.calculator;
