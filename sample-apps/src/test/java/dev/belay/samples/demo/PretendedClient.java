package dev.belay.samples.demo;

import dev.belay.samples.program.Pace;

/** A client that no kill can hurt: prints progress for some seconds and a good verdict. */
final class PretendedClient {

  private static final int STEPS = 100;

  private PretendedClient() {}

  /** Takes the steps each second as its first argument. */
  public static void main(String[] args) {
    Pace pace = new Pace(Long.parseLong(args[0]));
    for (int done = 0; done <= STEPS; done++) {
      pace.take(1);
      System.out.println("progress " + done + " " + STEPS + " 1 7");
    }
    System.out.println("verdict: right, sha256=abc");
  }
}
