/**
 * The programs under test: plain JDK servers and clients without one import of the agent.
 *
 * <p>Bytes come from {@link dev.belay.it.programs.Conversation} on the client's side and {@link
 * dev.belay.it.programs.Ledger} on the server's, both functions of their input; what the programs
 * saw goes to standard output as lines that the rig reads.
 */
package dev.belay.it.programs;
