package dev.belay.samples.chaos.fault;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** iptables, where there is no nft. */
final class Iptables implements Firewall {

  private static final List<String> COMMAND = List.of("iptables", "-w");

  private final Map<Integer, List<List<String>>> rulesOfPort = new TreeMap<>();

  /**
   * Tries it.
   *
   * @throws IOException if iptables is not there, or is not allowed to
   */
  Iptables() throws IOException, InterruptedException {
    iptables("-S", List.of());
  }

  @Override
  public void silence(int port) throws IOException, InterruptedException {
    add(port, rule("--dport", port, "DROP"));
    add(port, rule("--sport", port, "DROP"));
  }

  @Override
  public void refuse(int port) throws IOException, InterruptedException {
    add(port, rule("--dport", port, "REJECT", "--reject-with", "tcp-reset"));
  }

  @Override
  public void restore(int port) throws IOException, InterruptedException {
    List<List<String>> rules = rulesOfPort.remove(port);
    if (rules != null) {
      for (List<String> rule : rules) {
        iptables("-D", rule);
      }
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (int port : List.copyOf(rulesOfPort.keySet())) {
      restore(port);
    }
  }

  private void add(int port, List<String> rule) throws IOException, InterruptedException {
    iptables("-I", rule);
    rulesOfPort.computeIfAbsent(port, any -> new ArrayList<>()).add(rule);
  }

  private static List<String> rule(String side, int port, String... target) {
    List<String> rule = new ArrayList<>(List.of("-p", "tcp", side, String.valueOf(port), "-j"));
    rule.addAll(List.of(target));
    return rule;
  }

  private static void iptables(String verb, List<String> rule)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(COMMAND);
    command.addAll(List.of(verb, "INPUT"));
    command.addAll(rule);
    Tool.run("", command);
  }
}
