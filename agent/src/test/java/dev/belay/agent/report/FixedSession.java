package dev.belay.agent.report;

/** A session that stands still. */
record FixedSession(String state, long inPosition, long outPosition, long durablePosition)
    implements SessionView {

  @Override
  public String id() {
    return "7c00000000000000000000000000002a";
  }

  @Override
  public String service() {
    return "db";
  }

  @Override
  public long epoch() {
    return 3;
  }

  @Override
  public String peer() {
    return "10.0.0.9:51234";
  }

  @Override
  public long logBytes() {
    return 4_096;
  }

  @Override
  public long failovers() {
    return 2;
  }

  @Override
  public long divergences() {
    return 3;
  }

  @Override
  public long demotions() {
    return 1;
  }
}
