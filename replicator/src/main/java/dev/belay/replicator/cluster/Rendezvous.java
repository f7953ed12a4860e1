package dev.belay.replicator.cluster;

/**
 * Which server is next for a session: the one with the highest weight. Clients choose the server to
 * resume at by it, servers the member to hold the log, so that the two are the same one as long as
 * both know the same members by the same names.
 */
public final class Rendezvous {

  private Rendezvous() {}

  /**
   * The weight of a member for a session, never negative.
   *
   * @param sessionHigh the first 64 bits of the session's id
   * @param sessionLow the other 64
   * @param member its door, {@code host:port}
   */
  public static long weight(long sessionHigh, long sessionLow, String member) {
    long hash = sessionHigh ^ member.hashCode() * 0x9E3779B97F4A7C15L;
    hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L + sessionLow;
    hash = (hash ^ hash >>> 29) * 0xBF58476D1CE4E5B9L;
    return (hash ^ hash >>> 32) >>> 1;
  }
}
