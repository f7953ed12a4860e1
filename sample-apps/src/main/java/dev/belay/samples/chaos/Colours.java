package dev.belay.samples.chaos;

import dev.belay.samples.chaos.fault.FaultKind;

/** One colour for each kind of fault, in every chart and table. */
final class Colours {

  private Colours() {}

  /** As CSS has it. */
  static String of(FaultKind kind) {
    return switch (kind) {
      case KILL -> "#c92a2a";
      case RESTART -> "#862e9c";
      case STOP -> "#e8590c";
      case SILENCE -> "#495057";
      case RESET -> "#1971c2";
      case SLOW -> "#2b8a3e";
    };
  }
}
