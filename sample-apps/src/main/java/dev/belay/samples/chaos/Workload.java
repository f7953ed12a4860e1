package dev.belay.samples.chaos;

import dev.belay.samples.calculator.CalculatorClient;
import dev.belay.samples.calculator.CalculatorServer;
import dev.belay.samples.chat.ChatClient;
import dev.belay.samples.chat.ChatServer;
import dev.belay.samples.jdbc.JdbcClient;
import dev.belay.samples.jdbc.JdbcServer;
import dev.belay.samples.launch.Program;
import dev.belay.samples.media.MediaClient;
import dev.belay.samples.media.MediaServer;
import dev.belay.samples.media.UploadClient;
import dev.belay.samples.telemetry.TelemetryClient;
import dev.belay.samples.telemetry.TelemetryServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A sample application and what its clients do for so many seconds. */
enum Workload {
  /** Question and answer. */
  CALCULATOR(CalculatorServer.class, CalculatorClient.class, Unit.REPLIES),
  /** The server speaks first, the client half-closes. */
  CHAT(ChatServer.class, ChatClient.class, Unit.LINES),
  /** A transaction over JDBC. */
  JDBC(JdbcServer.class, JdbcClient.class, Unit.STEPS),
  /** Long streams from the server. */
  MEDIA(MediaServer.class, MediaClient.class, Unit.MEGABYTES),
  /** Many small messages on a selector. */
  TELEMETRY(TelemetryServer.class, TelemetryClient.class, Unit.MESSAGES),
  /** Long streams to the server. */
  UPLOAD(MediaServer.class, UploadClient.class, Unit.MEGABYTES),
  /** Short connections, one after the other: question and answer, a few times. */
  VISITS(CalculatorServer.class, CalculatorClient.class, Unit.REPLIES);

  private static final int LINE_RATE = 200;
  private static final int LINES_OF_A_VISIT = 10;
  private static final int MEDIA_RATE = 2 << 20;
  private static final int UPLOAD_RATE = 512 << 10;

  /** Rows a second of one connection with the pause below, roughly. */
  private static final int ROW_RATE = 250;

  private static final int ROW_PAUSE_MS = 3;
  private static final String PATIENCE_MS = "60000";

  private final Class<?> server;
  private final Class<?> client;
  private final Unit unit;

  Workload(Class<?> server, Class<?> client, Unit unit) {
    this.server = server;
    this.client = client;
    this.unit = unit;
  }

  /** In what its progress is counted. */
  Unit unit() {
    return unit;
  }

  /** Its server, without the port. */
  Program server() {
    return new Program(server);
  }

  /** A client that works for about so many seconds, without the port. */
  Program client(int connections, int seconds, long seed) {
    List<String> arguments = new ArrayList<>(work(seconds, seed));
    arguments.addAll(List.of("--connections", String.valueOf(connections)));
    if (this != JDBC) {
      arguments.addAll(List.of("--timeout", PATIENCE_MS));
    }
    return new Program(client, List.copyOf(arguments));
  }

  /** Options of the client's JVM: no client gives up a connect sooner than {@link #PATIENCE_MS}. */
  List<String> clientOptions() {
    return this == JDBC ? List.of("-Dh2.socketConnectTimeout=" + PATIENCE_MS) : List.of();
  }

  private List<String> work(int seconds, long seed) {
    return switch (this) {
      case CALCULATOR -> lines("--requests", seconds, seed);
      case CHAT -> lines("--lines", seconds, seed);
      case TELEMETRY -> lines("--messages", seconds, seed);
      case JDBC -> options("--rows", seconds * ROW_RATE, "--pause", ROW_PAUSE_MS, "--seed", seed);
      case MEDIA -> stream(seconds, seed, MEDIA_RATE);
      case UPLOAD -> stream(seconds, seed, UPLOAD_RATE);
      case VISITS -> visits(seconds, seed);
    };
  }

  private static List<String> lines(String count, int seconds, long seed) {
    return options(count, seconds * LINE_RATE, "--rate", LINE_RATE, "--window", 16, "--seed", seed);
  }

  private static List<String> visits(int seconds, long seed) {
    List<String> words = new ArrayList<>(options("--requests", LINES_OF_A_VISIT));
    words.addAll(options("--visits", seconds * LINE_RATE / LINES_OF_A_VISIT));
    words.addAll(options("--rate", LINE_RATE, "--seed", seed));
    return words;
  }

  private static List<String> stream(int seconds, long seed, int bytesPerSecond) {
    String name = "generated:" + seed + ":" + (long) seconds * bytesPerSecond;
    return options("--name", name, "--rate", bytesPerSecond);
  }

  private static List<String> options(Object... words) {
    return java.util.Arrays.stream(words).map(String::valueOf).toList();
  }

  /** Its name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** In what an application's progress is counted. */
  enum Unit {
    REPLIES("replies", 1),
    LINES("lines", 1),
    MESSAGES("messages", 1),
    STEPS("rows", 1),
    MEGABYTES("MB", 1 << 20);

    private final String text;
    private final int size;

    Unit(String text, int size) {
      this.text = text;
      this.size = size;
    }

    /** Its short name. */
    String text() {
      return text;
    }

    /** An amount as the programs count it, in this unit. */
    double of(double amount) {
      return amount / size;
    }
  }
}
