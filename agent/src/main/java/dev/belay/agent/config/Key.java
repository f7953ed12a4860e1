package dev.belay.agent.config;

import java.util.Locale;

/** Every key there is, with the text of its default and of what its value must look like. */
public enum Key {
  ENABLED("belay.enabled", "true", "true or false", "off switch"),
  CONFIG("belay.config", null, "the path of a readable properties file", "file of settings"),
  CONNECT(
      "belay.connect",
      "none",
      "host:port@doorPort, targets separated by commas, servers of one support group joined by |",
      "client: protected targets"),
  SERVICES(
      "belay.services",
      "*",
      "* or none or a list of port or name=port separated by commas",
      "server: protected listening ports"),
  DOOR("belay.door", "0.0.0.0:7400", "host:port", "server: address of the door"),
  ADVERTISE(
      "belay.advertise",
      null,
      "host:port that clients can connect to",
      "server: address under which clients reach the door"),
  SECRET("belay.secret", null, "a secret that is not empty", "secret shared by both ends"),
  DIRECT(
      "belay.direct",
      null,
      "two ports with a dash between them, such as 20000-29999",
      "ports for connects past the door"),
  CLUSTER_NAME("belay.cluster.name", "belay", "a name", "name of the cluster"),
  CLUSTER_MEMBERS(
      "belay.cluster.members",
      "127.0.0.1",
      "host or host:port separated by commas",
      "seed members of the cluster"),
  CLUSTER_BIND(
      "belay.cluster.bind", "127.0.0.1:5701", "host:port", "address of the embedded member"),
  CLUSTER_MODE(
      "belay.cluster.mode", "embedded", "embedded, external or none", "where the log is kept"),
  CLUSTER_KEY(
      "belay.cluster.key", null, "a secret that is not empty", "encrypts what the cluster holds"),
  LOG_LIMIT(
      "belay.log.limit", "64m", "a size from 1k, such as 64m, 10k or 1g", "log limit per session"),
  ON_LIMIT("belay.on-limit", "demote", "demote or block", "what happens at the log limit"),
  MEMORY(
      "belay.memory",
      null,
      "a size from 64k, such as 64m, 10k or 1g",
      "limit of all buffers and logs"),
  HEARTBEAT(
      "belay.heartbeat",
      "200ms",
      "a duration from 10ms to 1m, such as 200ms, 1s or 2m",
      "control-link beat"),
  SUSPECT(
      "belay.suspect",
      "1s",
      "a duration from 20ms to 10m, such as 200ms, 1s or 2m",
      "silence after which a peer is dead"),
  RESUME_WINDOW(
      "belay.resume-window",
      "30s",
      "a duration from 1ms to 1440m, such as 200ms, 1s or 2m",
      "how long a session waits for a new link"),
  DIVERGENCE(
      "belay.divergence",
      "abort",
      "abort or continue, then name=abort or name=continue for single services",
      "what happens when a replay differs"),
  LOG_LEVEL("belay.log.level", "info", "error, warn, info, debug or off", "level of the agent log"),
  LOG_FILE("belay.log.file", null, "the path of a file", "file of the agent log"),
  STRICT("belay.strict", "false", "true or false", "exit instead of running unprotected");

  /** What every key's name begins with. */
  static final String PREFIX = "belay.";

  /** What the name of every environment variable begins with. */
  static final String ENVIRONMENT_PREFIX = "BELAY_";

  private final String text;
  private final String defaultText;
  private final String expected;
  private final String meaning;

  Key(String text, String defaultText, String expected, String meaning) {
    this.text = text;
    this.defaultText = defaultText;
    this.expected = expected;
    this.meaning = meaning;
  }

  /** The name as written in a file or a system property, for instance {@code belay.on-limit}. */
  public String text() {
    return text;
  }

  /** The name as an environment variable, for instance {@code BELAY_ON_LIMIT}. */
  public String environmentName() {
    return text.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** The default as an operator would write it, or null where there is none to write. */
  public String defaultText() {
    return defaultText;
  }

  /** What a value must look like, to be read after the word "expected". */
  public String expected() {
    return expected;
  }

  /** What the key is for, in a few words. */
  public String meaning() {
    return meaning;
  }

  /** True when the value may appear in no log and no message. */
  public boolean isSecret() {
    return this == SECRET || this == CLUSTER_KEY;
  }

  /** The key of that name, or null. */
  static Key named(String text) {
    for (Key key : values()) {
      if (key.text.equals(text)) {
        return key;
      }
    }
    return null;
  }

  /** The key of that environment variable, or null. */
  static Key ofEnvironment(String variable) {
    for (Key key : values()) {
      if (key.environmentName().equals(variable)) {
        return key;
      }
    }
    return null;
  }
}
