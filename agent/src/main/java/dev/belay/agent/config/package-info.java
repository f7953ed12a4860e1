/**
 * What the operator asked for: keys, their values, and one clear line for each that cannot be.
 *
 * <p>Text comes from a file, the environment, system properties and the agent argument ({@link
 * dev.belay.agent.config.SettingSources}); it leaves as {@link dev.belay.agent.config.Settings}.
 */
package dev.belay.agent.config;
