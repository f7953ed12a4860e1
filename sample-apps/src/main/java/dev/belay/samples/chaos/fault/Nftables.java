package dev.belay.samples.chaos.fault;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** nftables: one table of our own, with a set of ports for each thing that is done to them. */
final class Nftables implements Firewall {

  private static final String SILENT = "silent";
  private static final String REFUSED = "refused";
  private static final String TABLE = "inet belay_chaos_" + ProcessHandle.current().pid();
  private static final String RULES =
      """
      table %s {
        set silent { type inet_service; }
        set refused { type inet_service; }
        chain input {
          type filter hook input priority 0;
          tcp dport @silent drop
          tcp sport @silent drop
          tcp dport @refused reject with tcp reset
        }
      }
      """
          .formatted(TABLE);

  private final Map<Integer, String> setOfPort = new TreeMap<>();

  /**
   * Makes the table.
   *
   * @throws IOException if nft is not there, or is not allowed to
   */
  Nftables() throws IOException, InterruptedException {
    nft(RULES);
  }

  @Override
  public void silence(int port) throws IOException, InterruptedException {
    add(SILENT, port);
  }

  @Override
  public void refuse(int port) throws IOException, InterruptedException {
    add(REFUSED, port);
  }

  @Override
  public void restore(int port) throws IOException, InterruptedException {
    String set = setOfPort.remove(port);
    if (set != null) {
      nft("delete element " + TABLE + " " + set + " { " + port + " }");
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    nft("delete table " + TABLE);
  }

  private void add(String set, int port) throws IOException, InterruptedException {
    restore(port);
    nft("add element " + TABLE + " " + set + " { " + port + " }");
    setOfPort.put(port, set);
  }

  private static void nft(String script) throws IOException, InterruptedException {
    Tool.run(script + "\n", List.of("nft", "-f", "-"));
  }
}
