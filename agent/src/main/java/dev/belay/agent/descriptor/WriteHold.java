package dev.belay.agent.descriptor;

import sun.nio.ch.BelayNative;
import sun.nio.ch.BelayPolls;

/**
 * Holds an application's writes back though its link would take them: writes find no room, and
 * neither selectors nor pollers are told of any.
 *
 * <p>The race, and what settles it: the writer raises the hold and then looks for room once more;
 * who makes room does so first and then looks for the hold. One of them sees the other. Both change
 * the hold under the descriptor's lock.
 */
final class WriteHold {
  private final BelayPolls polls;
  private final int number;
  private volatile boolean isOn;

  WriteHold(BelayPolls polls, int number) {
    this.polls = polls;
    this.number = number;
  }

  boolean isOn() {
    return isOn;
  }

  /** Caller holds the descriptor's lock, and the number is still the descriptor's. */
  void set(boolean on) {
    if (on != isOn) {
      isOn = on;
      polls.hold(number, on);
    }
  }

  /** See {@link sun.nio.ch.BelayHook#pollInterest}. */
  int told(int interest) {
    return isOn ? interest & ~BelayNative.EPOLLOUT : interest; // poll(2) and epoll(7) agree
  }
}
