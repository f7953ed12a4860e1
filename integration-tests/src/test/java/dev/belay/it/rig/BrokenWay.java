package dev.belay.it.rig;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One server behind two breakers: the application's port and the door are reached only through
 * them.
 *
 * @param server where the server really is
 * @param app in front of the application's port; no protected byte may pass here
 * @param door in front of the door
 */
public record BrokenWay(Member server, LinkBreaker app, LinkBreaker door) {

  /** Two breakers in front of a free place. */
  public static BrokenWay of(Rig rig) {
    Member server = Member.free();
    return new BrokenWay(
        server, rig.breakerBeside(server.port()), rig.breakerBeside(server.door()));
  }

  /** The server as its clients know it. */
  public SupportGroup group() {
    return new SupportGroup(List.of(server.beside()));
  }

  /** The server's settings: it tells its clients the way through the breaker. */
  public Map<String, String> serverSettings() {
    Map<String, String> settings = new LinkedHashMap<>(server.settings());
    settings.put("advertise", server.beside().host() + ":" + server.door());
    return settings;
  }
}
