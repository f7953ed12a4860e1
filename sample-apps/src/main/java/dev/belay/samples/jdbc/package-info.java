/**
 * A database session over the wire: {@link dev.belay.samples.jdbc.JdbcServer} starts the unmodified
 * H2 TCP server, {@link dev.belay.samples.jdbc.JdbcClient} runs one transaction against a database
 * that belongs to its connection alone, and checks what comes back row by row.
 */
package dev.belay.samples.jdbc;
