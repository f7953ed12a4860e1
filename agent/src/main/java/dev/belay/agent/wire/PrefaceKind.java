package dev.belay.agent.wire;

/** What a connection to the door is for. */
public enum PrefaceKind {
  /** A data link for a new session: {@link OpenPreface}. */
  OPEN(1, 94),
  /** A data link for a session that exists: {@link ResumePreface}. */
  RESUME(2, 124),
  /** A control link: {@link ClientHello}. */
  CONTROL(3, 74);

  private final int code;
  private final int minBytes;

  PrefaceKind(int code, int minBytes) {
    this.code = code;
    this.minBytes = minBytes;
  }

  static PrefaceKind of(int code) throws FrameFormatException {
    return switch (code) {
      case 1 -> OPEN;
      case 2 -> RESUME;
      case 3 -> CONTROL;
      default -> throw new FrameFormatException("unknown preface kind: " + code);
    };
  }

  /** The code on the wire. */
  public int code() {
    return code;
  }

  /** The length of the shortest preface of this kind. */
  public int minBytes() {
    return minBytes;
  }
}
