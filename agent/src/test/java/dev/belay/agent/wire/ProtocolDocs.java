package dev.belay.agent.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples in docs/protocol.md: blocks of code that begin with {@code ```hex name}. */
final class ProtocolDocs {

  private static final Path FILE = Path.of("..", "docs", "protocol.md");
  private static final Pattern BLOCK = Pattern.compile("```hex (\\S+)\\n(.*?)```", Pattern.DOTALL);

  private ProtocolDocs() {}

  /** The digits of each example by its name, without spaces and comments. */
  static Map<String, String> hexBlocks() throws IOException {
    Map<String, String> blocks = new LinkedHashMap<>();
    Matcher matcher = BLOCK.matcher(Files.readString(FILE));
    while (matcher.find()) {
      String digits = matcher.group(2).replaceAll("#.*", "").replaceAll("\\s", "");
      blocks.put(matcher.group(1), digits);
    }
    return blocks;
  }
}
