/**
 * One class per fault: what is broken, when, and what both applications must have seen.
 *
 * <p>Bytes come from child JVMs started by {@link dev.belay.it.rig.Rig}; the verdicts are the
 * lengths and SHA-256 of both streams at both ends ({@link dev.belay.it.rig.LedgerStory}).
 */
package dev.belay.it.fault;
