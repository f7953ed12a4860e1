package dev.belay.agent.command;

import java.io.PrintStream;

/** Where a command says what it found: answers on one stream, complaints on the other. */
record Console(PrintStream answers, PrintStream complaints) {

  void print(String line) {
    answers.println(line);
  }

  /** One line about what went wrong, with the prefix of all our messages. */
  void complain(String line) {
    complaints.println("belay: " + line);
  }

  /** Complains and gives the exit status of a command that cannot be done. */
  int failed(String line) {
    complain(line);
    return Commands.FAILED;
  }

  /** Complains and gives the exit status of a command line that makes no sense. */
  int usage(String line) {
    complain(line);
    return Commands.USAGE;
  }
}
