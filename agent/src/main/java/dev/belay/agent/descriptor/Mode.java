package dev.belay.agent.descriptor;

/** What the descriptor is to the application. Successors are set under its lock. */
enum Mode {
  /** No link: reads and writes wait on the quiet link. To LIVE, PUMPING, BROKEN, ENDED. */
  WAITING,
  /** The link is the application's. To WAITING, BROKEN, ENDED. */
  LIVE,
  /** Reads are the application's, writes wait for the pump. To LIVE, WAITING, BROKEN, ENDED. */
  PUMPING,
  /** The session ended with a reset: reads and writes throw. */
  BROKEN,
  /** Both directions are over: reads find the end, writes a broken pipe. */
  ENDED,
  /** Given back to the application as a plain socket. */
  FREE,
  /** Closed by the application: calls that come late find nothing; the JDK says why. */
  CLOSED
}
