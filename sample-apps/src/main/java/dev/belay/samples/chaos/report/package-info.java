/**
 * One self-contained HTML page from a template, tables and series. Its content comes from {@link
 * dev.belay.samples.chaos}; it goes to one file that needs nothing else: the charts' script, uPlot,
 * is written into it.
 */
package dev.belay.samples.chaos.report;
