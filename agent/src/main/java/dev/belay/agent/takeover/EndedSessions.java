package dev.belay.agent.takeover;

import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Bytes;
import dev.belay.replicator.log.SessionId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sessions that ended in order not long ago: the frame that told the server so may have gone
 * with its control link, and the server will ask.
 *
 * <p>Invariant: knows the last {@link #MOST} of them; a server that asks for an older one is told
 * that it is over. Loop thread.
 */
final class EndedSessions {
  static final int MOST = 1024;

  private record Ended(int epoch, Bytes serverInstance, long finalPosition) {}

  private final Map<SessionId, Ended> sessions =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, Ended> eldest) {
          return size() > MOST;
        }
      };

  /** Of a session that is over; kept if the application closed it and the peer was given all. */
  void note(Session session, Bytes serverInstance) {
    if (session.isLocalClosed() && session.isOutputComplete()) {
      sessions.put(session.id(), new Ended(session.epoch(), serverInstance, session.finalSent()));
    }
  }

  /** Final position of what the client sent, or null unless it ended with this incarnation. */
  Long finalPosition(SessionId id, int epoch, Bytes serverInstance) {
    Ended ended = sessions.get(id);
    boolean isIt =
        ended != null && ended.epoch() == epoch && serverInstance.equals(ended.serverInstance());
    return isIt ? ended.finalPosition() : null;
  }
}
