/**
 * Bad input: wrong settings, and strangers at the door.
 *
 * <p>Its bytes come from {@link dev.belay.it.input.Stranger} and from links recorded by {@link
 * dev.belay.it.rig.LinkBreaker}; they go to the door of {@link dev.belay.it.input.BesiegedServer},
 * while a client works there all the time.
 */
package dev.belay.it.input;
