/**
 * The rig: starts JVMs with and without the agent, and breaks what lies between them.
 *
 * <p>Its bytes come from the children's outputs ({@link dev.belay.it.rig.Transcript}) and from the
 * links that pass through {@link dev.belay.it.rig.LinkBreaker}; they go into the tests' assertions.
 * Nothing here needs JUnit but {@link dev.belay.it.rig.RigExtension} and {@link
 * dev.belay.it.rig.EachJdk}.
 */
package dev.belay.it.rig;
