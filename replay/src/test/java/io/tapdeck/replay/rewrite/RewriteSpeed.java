package io.tapdeck.replay.rewrite;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What changing a frame costs, in nanoseconds, for people to look at: frames of all kinds with 26
 * to 1,400 bytes of payload are copied to where they are sent from, as the player does, and changed
 * there. The copying alone is shown, too.
 */
final class RewriteSpeed {
  private static final int FRAMES = 4096;
  private static final int SLOT = 2048;
  private static final int ROUNDS = 9;
  private static final int PASSES = 200;

  private final ByteBuffer corpus = ByteBuffer.allocateDirect(FRAMES * SLOT);
  private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT);
  private final int[] lengths = new int[FRAMES];

  private RewriteSpeed() {
    RandomFrames frames = new RandomFrames(42);
    for (int i = 0; i < FRAMES; i++) {
      byte[] frame = i % 50 == 0 ? frames.nextArp() : i % 3 == 0 ? large(i) : frames.next();
      corpus.put(i * SLOT, frame);
      lengths[i] = frame.length;
    }
  }

  private static byte[] large(int i) {
    byte[] source = {10, 1, 2, (byte) i};
    byte[] destination = {10, 9, 8, 7};
    return Frames.ethernet(
        Frames.IPV4,
        Frames.ipv4(
            source,
            destination,
            6,
            Frames.tcp(source, destination, 40_000, 80, Frames.payload(1400))));
  }

  /** Prints a line for each way of changing frames. */
  public static void main(String[] arguments) {
    RewriteSpeed speed = new RewriteSpeed();
    RewriteSettings all = all().build();
    speed.report("copied", RewriteSettings.NONE, SideSplit.parse("none"));
    speed.report(
        "addresses of both families mapped",
        RewriteSettings.builder()
            .mapAddresses(AddressMapping.parseAll("10.0.0.0/8=172.0.0.0/8"))
            .mapAddresses(AddressMapping.parseAll("2001:db8::/32=fd00::/32"))
            .build(),
        SideSplit.parse("none"));
    speed.report("everything changed", all, SideSplit.parse("none"));
    speed.report("everything changed, sides told apart", all, SideSplit.parse("auto"));
    speed.report(
        "everything changed, checksums fixed",
        all().fixChecksums(true).build(),
        SideSplit.parse("none"));
  }

  private static RewriteSettings.Builder all() {
    return RewriteSettings.builder()
        .sourceMac(MacPair.parse("02:00:00:00:00:0a,02:00:00:00:00:0b"))
        .destinationMac(MacPair.parse("02:00:00:00:00:0c,02:00:00:00:00:0d"))
        .mapMacs(MacMapping.parseAll("02:00:00:00:00:01=02:00:00:00:00:0e"))
        .mapAddresses(AddressMapping.parseAll("10.0.0.0/8=172.0.0.0/8,192.168.0.0/16=10.1.0.0/16"))
        .mapAddresses(AddressMapping.parseAll("2001:db8::/32=fd00::/32,fe80::/10=2001:db8::/32"))
        .mapPorts(PortMapping.parseAll("80=8080,1000-2000=81"))
        .vlan(VlanChange.parse("add,id=7"))
        .hopLimit(HopLimitChange.parse("-1"))
        .dscp(Dscp.parse("EF"))
        .unique(UniqueAddresses.parse("all"));
  }

  private void report(String what, RewriteSettings settings, SideSplit split) {
    HeaderRewriter rewriter = new HeaderRewriter(settings);
    Sides sides = new Sides(split);
    double[] nanos = new double[ROUNDS];
    long bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long before = System.nanoTime();
      for (int pass = 0; pass < PASSES; pass++) {
        for (int i = 0; i < FRAMES; i++) {
          int length = lengths[i];
          slot.put(0, corpus, i * SLOT, length);
          Side side = sides.of(slot, 0, length);
          bytes += rewriter.rewrite(slot, 0, length, length, side, pass);
        }
      }
      nanos[round] = (System.nanoTime() - before) / (double) (FRAMES * PASSES);
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%-40s median %6.1f ns a frame (best %.1f, worst %.1f), %d bytes on average%n",
        what,
        nanos[ROUNDS / 2],
        nanos[0],
        nanos[ROUNDS - 1],
        bytes / ((long) FRAMES * PASSES * ROUNDS));
  }
}
