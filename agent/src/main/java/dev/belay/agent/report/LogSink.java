package dev.belay.agent.report;

/** Where the lines of the agent log go. Called with the log's lock held: one line at a time. */
public interface LogSink {

  /**
   * Takes one entry.
   *
   * @param line in UTF-8, with its line end; belongs to the sink
   * @throws java.io.IOException when the line could not be written; it is dropped
   */
  void write(byte[] line) throws java.io.IOException;
}
