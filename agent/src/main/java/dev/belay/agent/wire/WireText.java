package dev.belay.agent.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Text on the wire: well-formed UTF-8 without control characters, so that a peer can write neither
 * a line break nor an escape sequence into our log.
 */
final class WireText {

  /** Limit of a text that is only there to be read by people. */
  static final int MAX_DIAGNOSTIC_BYTES = 200;

  private static final int ASCII_END = 0x80;
  private static final int TWO_BYTES_END = 0x800;
  private static final char SUBSTITUTE = '?';

  private WireText() {}

  /** The text in UTF-8. */
  static byte[] encode(String field, String text) {
    try {
      checkNoControls(field, text);
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException | FrameFormatException e) {
      throw new IllegalArgumentException(field + " is not clean text: " + e.getMessage(), e);
    }
  }

  /** The text of these bytes. */
  static String decode(String field, byte[] bytes, int from, int length)
      throws FrameFormatException {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes, from, length);
      String text = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
      checkNoControls(field, text);
      return text;
    } catch (CharacterCodingException e) {
      String digits = HexFormat.of().formatHex(bytes, from, from + length);
      throw new FrameFormatException(field + " is not utf-8: " + digits, e);
    }
  }

  private static void checkNoControls(String field, String text) throws FrameFormatException {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw new FrameFormatException(
            field + " has control character " + (int) text.charAt(i) + " at " + i);
      }
    }
  }

  /**
   * The text as it can be sent: cut to the limit at the border of a character, what cannot be sent
   * replaced. An error must not fail to be reported because its text is long.
   */
  static String diagnostic(String text) {
    StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_DIAGNOSTIC_BYTES));
    int bytes = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int codePoint = sendable(text.codePointAt(i));
      bytes += encodedLength(codePoint);
      if (bytes > MAX_DIAGNOSTIC_BYTES) {
        break;
      }
      clean.appendCodePoint(codePoint);
    }
    return clean.toString();
  }

  private static int sendable(int codePoint) {
    boolean isLoneSurrogate =
        codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    return isLoneSurrogate || Character.isISOControl(codePoint) ? SUBSTITUTE : codePoint;
  }

  private static int encodedLength(int codePoint) {
    if (codePoint < ASCII_END) {
      return 1;
    }
    if (codePoint < TWO_BYTES_END) {
      return 2;
    }
    return Character.isBmpCodePoint(codePoint) ? 3 : 4;
  }
}
