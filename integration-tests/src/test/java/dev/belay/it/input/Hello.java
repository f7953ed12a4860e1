package dev.belay.it.input;

/** The application that runs on, whatever the agent's settings are; for a test's child JVM. */
public final class Hello {
  /** What it exits with. */
  public static final int STATUS = 7;

  private Hello() {}

  /** Says hello. */
  public static void main(String[] args) {
    System.out.println("hello");
    System.exit(STATUS);
  }
}
