/**
 * What the operator is told: log lines, counters and the sessions of the moment.
 *
 * <p>Events come from every other package, sessions through {@link
 * dev.belay.agent.report.SessionView}; they leave by {@link dev.belay.agent.report.AgentLog} and
 * {@link dev.belay.agent.report.JmxReport}.
 */
package dev.belay.agent.report;
