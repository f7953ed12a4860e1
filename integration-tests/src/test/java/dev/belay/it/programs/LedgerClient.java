package dev.belay.it.programs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A client of the Ledger protocol: {@code kind=blocking|virtual|selector|asynchronous
 * connect=host:port}, the names of {@link Load}, {@code warmUp=N} for so many requests on
 * connections of their own before, and {@code begin=told} for blocking connections that send
 * nothing before {@code begin} comes on standard input.
 *
 * <p>Verifies every byte. Prints {@code done K} now and then, a line {@code CONN} for each
 * connection with length and SHA-256 of both streams, and {@code VERDICT OK} or {@code VERDICT
 * FAIL} as the last line; the exit status says the same.
 */
public final class LedgerClient {
  private static final int MAX_STACKS = 60;

  private LedgerClient() {}

  /** Runs the load once. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Options options = Options.of(args);
    ClientKind kind = ClientKind.of(options.text("kind", "blocking"));
    Load load = Load.of(options);
    boolean isBegunTold = options.text("begin", "").equals("told");
    int warmUpRequests = options.number("warmUp", 0);
    if (warmUpRequests > 0) {
      run(kind, load.warmUp(warmUpRequests), Progress.silent());
    }
    report(run(kind, load, Progress.told(isBegunTold, load.isUntilTold())));
  }

  private static List<Conversation> run(ClientKind kind, Load load, Progress progress)
      throws IOException, InterruptedException {
    List<Conversation> conversations = new ArrayList<>();
    for (int i = 0; i < load.connections(); i++) {
      conversations.add(new Conversation(i, load, progress));
    }
    kind.begin(conversations);
    awaitAll(conversations, load.limitSeconds());
    return conversations;
  }

  private static void awaitAll(List<Conversation> conversations, int limitSeconds)
      throws InterruptedException {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
    boolean isStuck = false;
    for (Conversation conversation : conversations) {
      isStuck |= !conversation.awaitOver(deadlineNs);
    }
    if (isStuck) {
      printStacks();
      conversations.forEach(c -> c.failed(new IOException("stuck for " + limitSeconds + "s")));
    }
  }

  private static void report(List<Conversation> conversations) {
    conversations.forEach(conversation -> System.out.println(conversation.report()));
    boolean isOk = conversations.stream().allMatch(Conversation::isOk);
    long replies = conversations.stream().mapToLong(Conversation::replies).sum();
    long stallMs = conversations.stream().mapToLong(Conversation::longestStallMs).max().orElse(0);
    String counts = "connections=" + conversations.size() + " replies=" + replies;
    System.out.println("VERDICT " + (isOk ? "OK " : "FAIL ") + counts + " stallMs=" + stallMs);
    if (!isOk) {
      System.exit(1);
    }
  }

  private static void printStacks() {
    Map<Thread, StackTraceElement[]> stacks = Thread.getAllStackTraces();
    stacks.entrySet().stream()
        .limit(MAX_STACKS)
        .forEach(
            entry -> {
              System.out.println("STUCK in " + entry.getKey());
              for (StackTraceElement frame : entry.getValue()) {
                System.out.println("    at " + frame);
              }
            });
  }
}
