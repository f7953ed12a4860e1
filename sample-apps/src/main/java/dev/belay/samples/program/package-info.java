/**
 * What all sample programs share: arguments, exit statuses, pacing, progress and a plain
 * thread-per-connection server. The bytes come from and go to plain {@link java.net.Socket}s; the
 * programs of the sibling packages, such as {@link dev.belay.samples.media.MediaClient}, give them
 * a meaning.
 */
package dev.belay.samples.program;
