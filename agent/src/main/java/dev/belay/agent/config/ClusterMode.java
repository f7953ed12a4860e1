package dev.belay.agent.config;

import java.util.Locale;

/** Where the input log is kept besides the client. */
public enum ClusterMode {
  /** A cluster member runs in this JVM. */
  EMBEDDED,
  /** Separate data nodes hold the log. */
  EXTERNAL,
  /** No cluster: the client alone holds the log. */
  NONE;

  /** As an operator writes it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
