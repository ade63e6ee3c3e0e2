package io.tapdeck.provisioner.plan;

import java.util.Optional;

/**
 * A meter of {@code brtap} that should be there.
 *
 * @param port the patch port of the group that it is for, after which it is numbered
 * @param rate the most kilobits a second; one without counts only
 * @param longest bytes of the longest frame that is not counted as too long
 * @param key the group's key
 */
public record PlannedMeter(
    Use use, String port, Optional<Long> rate, Optional<Integer> longest, long key) {
  /** The most kilobits a second that a meter can be told. */
  static final long HIGHEST_RATE = 4_294_967_295L;

  /** How long copies may come at more than the rate, in parts of a second. */
  private static final int BURST_PARTS = 10;

  /** The smallest burst in kilobits: a few copies of full size. */
  private static final long SMALLEST_BURST = 1000;

  /** What a meter is for. */
  public enum Use {
    /** It limits what goes to a service. */
    LIMIT(0),
    /**
     * It counts what is too long for its way. Flows cannot: Open vSwitch credits both branches of a
     * packet's length to each packet.
     */
    UNFIT(1);

    private final int offset;

    Use(int offset) {
      this.offset = offset;
    }

    /** The number of a meter of this use, given its port's. */
    int number(int port) {
      return values().length * port + offset;
    }
  }

  /** What flows say that use it, before it has a number. */
  public String reference() {
    return "meter:" + BrtapFlow.meter(use, port);
  }

  /** The meter in the notation of ovs-ofctl(8), as it prints meters too. */
  public String text(PortNumbers numbers) {
    String number = "meter=" + numbers.meter(use, port);
    return rate.map(kbps ->
            number
                + " kbps burst stats bands=type=drop rate="
                + Math.min(kbps, HIGHEST_RATE)
                + " burst_size="
                + Math.min(HIGHEST_RATE, Math.max(SMALLEST_BURST, kbps / BURST_PARTS)))
        .orElse(number + " pktps stats bands=type=drop rate=" + HIGHEST_RATE);
  }
}
