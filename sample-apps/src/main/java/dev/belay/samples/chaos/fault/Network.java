package dev.belay.samples.chaos.fault;

import dev.belay.samples.launch.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What can be done here to connections without touching the processes. Resets need {@code ss -K},
 * silence and refusal need nft or iptables; all of them need CAP_NET_ADMIN, and each is tried out
 * before it is promised. Used by one thread.
 */
public final class Network implements AutoCloseable {

  private static final int PROBE_TIMEOUT_MS = 2_000;

  private final Optional<Firewall> firewall;
  private final boolean canReset;
  private final Map<FaultKind, String> missing = new EnumMap<>(FaultKind.class);

  private Network() throws InterruptedException {
    this.firewall = openFirewall();
    this.canReset = probeReset();
  }

  /** Tries out what is there. */
  public static Network open() throws InterruptedException {
    return new Network();
  }

  /** The kinds that cannot be done here, with the reasons. */
  public Map<FaultKind, String> missing() {
    return Map.copyOf(missing);
  }

  /** Whether servers can be made to refuse and reset connections, as {@link #evict} does. */
  public boolean canEvict() {
    return canReset && firewall.isPresent();
  }

  /** Destroys all established connections to a server. */
  public void reset(Ports ports) throws IOException, InterruptedException {
    destroy(ports.door());
    destroy(ports.service());
  }

  /** Drops every packet to and from a server. */
  public void silence(Ports ports) throws IOException, InterruptedException {
    firewall().silence(ports.door());
    firewall().silence(ports.service());
  }

  /** Drives all connections away from a server and lets no new one in. */
  public void evict(Ports ports) throws IOException, InterruptedException {
    firewall().refuse(ports.door());
    firewall().refuse(ports.service()); // else a new client would connect there, unprotected
    reset(ports);
  }

  /** Undoes {@link #silence} and {@link #evict}. */
  public void restore(Ports ports) throws IOException, InterruptedException {
    firewall().restore(ports.door());
    firewall().restore(ports.service());
  }

  /** Takes all rules away. */
  @Override
  public void close() throws IOException, InterruptedException {
    if (firewall.isPresent()) {
      firewall.get().close();
    }
  }

  private Firewall firewall() {
    return firewall.orElseThrow(() -> new IllegalStateException("no packet filter here"));
  }

  private Optional<Firewall> openFirewall() throws InterruptedException {
    List<String> reasons = new ArrayList<>();
    for (Opener opener : List.<Opener>of(Nftables::new, Iptables::new)) {
      try {
        return Optional.of(opener.open());
      } catch (IOException e) {
        reasons.add(e.getMessage());
      }
    }
    missing.put(FaultKind.SILENCE, String.join("; ", reasons));
    return Optional.empty();
  }

  /** ss says nothing when the kernel cannot or it may not: only a real connection tells. */
  @SuppressWarnings("AddressSelection") // both ends are our own, on loopback
  private boolean probeReset() throws InterruptedException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket listener = new ServerSocket(0, 1, loopback);
        Socket client = new Socket(loopback, listener.getLocalPort());
        Socket server = listener.accept()) {
      destroy(listener.getLocalPort());
      client.setSoTimeout(PROBE_TIMEOUT_MS);
      server.getOutputStream().write(0);
      client.getInputStream().read();
      missing.put(FaultKind.RESET, "ss -K does not reset connections here");
      return false;
    } catch (java.net.SocketException e) {
      return true;
    } catch (IOException e) {
      missing.put(FaultKind.RESET, String.valueOf(e.getMessage()));
      return false;
    }
  }

  private static void destroy(int port) throws IOException, InterruptedException {
    Tool.run("ss", "-K", "-H", "-t", "state", "established", "( sport = :" + port + " )");
    Tool.run("ss", "-K", "-H", "-t", "state", "established", "( dport = :" + port + " )");
  }

  /** Opens one kind of packet filter. */
  @FunctionalInterface
  private interface Opener {
    Firewall open() throws IOException, InterruptedException;
  }
}
