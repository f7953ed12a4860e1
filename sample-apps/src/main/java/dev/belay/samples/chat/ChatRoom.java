package dev.belay.samples.chat;

import dev.belay.samples.program.Digests;
import dev.belay.samples.program.Lines;
import java.security.MessageDigest;

/**
 * One connection's side of the chat: numbers the echoes and sums up what was said. Used by one
 * thread.
 */
final class ChatRoom {

  /** The server's first line, the same for everyone at any time. */
  static final String BANNER = "welcome to the sample chat; every line comes back with its number";

  private final MessageDigest digest = Digests.sha256();
  private long lineCount;

  /** The echo of the next line. */
  String echo(String line) {
    digest.update(Lines.encode(line));
    lineCount++;
    return lineCount + ": " + line;
  }

  /** The last line, after which nothing more can be said. */
  String summary() {
    return "summary lines=" + lineCount + " sha256=" + Digests.hex(digest.digest());
  }
}
