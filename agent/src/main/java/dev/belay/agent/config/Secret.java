package dev.belay.agent.config;

import java.nio.charset.StandardCharsets;

/** Bytes that no log, message or dump of the settings may show. */
public final class Secret {

  /** What is shown instead. */
  static final String MASK = "***";

  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  static Secret parse(String text) throws SettingFormatException {
    if (text.isEmpty()) {
      throw SettingFormatException.plain();
    }
    return new Secret(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A copy of the bytes of that secret, or null when there is none. */
  static byte[] bytesOf(Secret secret) {
    return secret == null ? null : secret.bytes.clone();
  }

  @Override
  public String toString() {
    return MASK;
  }
}
