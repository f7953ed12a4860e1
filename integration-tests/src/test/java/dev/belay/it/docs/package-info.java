/**
 * What the pages of the project say of its tests, compared with the tests: reads {@code *.md} and
 * the sources of all modules, starts no JVM.
 */
package dev.belay.it.docs;
