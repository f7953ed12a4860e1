package dev.belay.it.rig;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Several machines on this one: network namespaces joined by a switch, from which each can be cut
 * off. Needs root and iproute2. Used by one test thread.
 */
public final class Machines implements AutoCloseable {
  private static final int TOOL_SECONDS = 10;

  private final String prefix = "belay" + ProcessHandle.current().pid() + "-";
  private final int count;

  /** So many. */
  public Machines(int count) {
    this.count = count;
    run("netns", "add", hub());
    run("-n", hub(), "link", "add", "hub", "type", "bridge");
    run("-n", hub(), "link", "set", "hub", "up");
    for (int i = 0; i < count; i++) {
      run("netns", "add", name(i));
      run(
          ("-n " + hub() + " link add port" + i + " type veth peer name eth0 netns " + name(i))
              .split(" "));
      run("-n", hub(), "link", "set", "port" + i, "master", "hub", "up");
      run("-n", name(i), "address", "add", address(i) + "/24", "dev", "eth0");
      run("-n", name(i), "link", "set", "eth0", "up");
      run("-n", name(i), "link", "set", "lo", "up");
    }
  }

  /** Why there can be none here, or null. */
  public static String missing() {
    try (Machines probe = new Machines(1)) {
      return null;
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  /** Of a machine. */
  public String address(int machine) {
    return "10.213.77." + (machine + 1);
  }

  /** The beginning of a command that is to run there. */
  public List<String> on(int machine) {
    return List.of("ip", "netns", "exec", name(machine));
  }

  /** Nothing reaches it, and nothing that it sends reaches anybody. */
  public void cut(int machine) {
    run("-n", hub(), "link", "set", "port" + machine, "down");
  }

  /** Undoes {@link #cut}. */
  public void join(int machine) {
    run("-n", hub(), "link", "set", "port" + machine, "up");
  }

  @Override
  public void close() {
    for (int i = 0; i < count; i++) {
      run("netns", "delete", name(i));
    }
    run("netns", "delete", hub());
  }

  private String hub() {
    return prefix + "hub";
  }

  private String name(int machine) {
    return prefix + machine;
  }

  private static void run(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    try {
      Process ip = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(ip.getInputStream().readAllBytes(), UTF_8);
      if (!ip.waitFor(TOOL_SECONDS, TimeUnit.SECONDS) || ip.exitValue() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + said.strip());
      }
    } catch (IOException e) {
      throw new IllegalStateException("no iproute2: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
