package dev.belay.samples.media;

/**
 * First line of a media exchange: {@code GET NAME OFFSET LENGTH} asks for a range, {@code PUT NAME
 * 0 -1} announces an upload that ends with the client's half-close. A length of -1 means up to the
 * end; a name may have blanks.
 */
record MediaRequest(String verb, String name, Range range) {

  static final String GET = "GET";
  static final String PUT = "PUT";

  /** Decodes a request line. */
  static MediaRequest parse(String line) {
    int lengthAt = line.lastIndexOf(' ');
    int offsetAt = line.lastIndexOf(' ', lengthAt - 1);
    int nameAt = line.indexOf(' ');
    if (nameAt < 0 || offsetAt <= nameAt) {
      throw new IllegalArgumentException("not a request: " + line);
    }
    long offset = Long.parseLong(line.substring(offsetAt + 1, lengthAt));
    long length = Long.parseLong(line.substring(lengthAt + 1));
    return new MediaRequest(
        line.substring(0, nameAt), line.substring(nameAt + 1, offsetAt), new Range(offset, length));
  }

  /** The line for the wire. */
  String line() {
    return verb + " " + name + " " + range.offset() + " " + range.length();
  }
}
