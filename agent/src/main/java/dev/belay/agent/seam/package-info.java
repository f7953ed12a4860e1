/**
 * The seam: which call sites of the JDK are redirected, and the check that they have the shape that
 * is expected. Bytes come from the JDK's dispatcher ({@link sun.nio.ch.BelaySeam}) and go to the
 * guarded descriptors ({@link dev.belay.agent.descriptor}). The only package that names ASM.
 */
package dev.belay.agent.seam;
