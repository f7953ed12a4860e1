/**
 * Many small binary messages over many connections, one selector thread at each end. {@link
 * dev.belay.samples.telemetry.TelemetryClient} sends samples; {@link
 * dev.belay.samples.telemetry.TelemetryServer} answers each with an acknowledgement that carries a
 * checksum over all samples of that connection so far.
 */
package dev.belay.samples.telemetry;
