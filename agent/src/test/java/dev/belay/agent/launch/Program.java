package dev.belay.agent.launch;

import java.io.IOException;

/** An application that says one word and ends when its input does. */
public final class Program {

  private Program() {}

  /** Prints {@code ready}, then waits for the end of its input. */
  public static void main(String[] arguments) throws IOException {
    System.out.println("ready");
    System.in.readAllBytes();
  }
}
