package io.tapdeck.capture.pcap;

/** What the times in a pcap file are counted in; the file's magic number tells which. */
public enum TimestampPrecision {
  /** What every tool reads. */
  MICROSECONDS(PcapFormat.MAGIC_MICROSECONDS, PcapFormat.NANOS_PER_MICROSECOND),
  /** What the kernel gives. */
  NANOSECONDS(PcapFormat.MAGIC_NANOSECONDS, 1);

  private final int magic;
  private final int nanosPerTick;

  TimestampPrecision(int magic, int nanosPerTick) {
    this.magic = magic;
    this.nanosPerTick = nanosPerTick;
  }

  /** The number that a pcap file with such times begins with. */
  int magic() {
    return magic;
  }

  /** How long the unit is, in nanoseconds. */
  int nanosPerTick() {
    return nanosPerTick;
  }

  /** How many of the unit make a second. */
  int ticksPerSecond() {
    return (int) (PcapFormat.NANOS_PER_SECOND / nanosPerTick);
  }
}
