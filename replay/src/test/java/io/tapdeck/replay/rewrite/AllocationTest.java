package io.tapdeck.replay.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class AllocationTest {
  private static final int FRAMES = 500;
  private static final int PASSES = 40;
  private static final int SLOT = 512;

  @Test
  void changingFramesAndTellingSidesApartAllocatesNothing() {
    HeaderRewriter rewriter =
        new HeaderRewriter(
            RewriteSettings.builder()
                .sourceMac(MacPair.parse("02:00:00:00:00:0a"))
                .mapMacs(MacMapping.parseAll("02:00:00:00:00:01=02:00:00:00:00:0e"))
                .mapAddresses(AddressMapping.parseAll("10.0.0.0/8=172.0.0.0/8,::/0=fd00::/8"))
                .mapPorts(PortMapping.parseAll("80=8080"))
                .vlan(VlanChange.parse("add,id=7"))
                .hopLimit(HopLimitChange.parse("-1"))
                .dscp(Dscp.parse("EF"))
                .unique(UniqueAddresses.parse("all"))
                .fixChecksums(true)
                .build());
    Sides sides = new Sides(SideSplit.parse("auto"));
    Sides servers = new Sides(SideSplit.parse("servers=10.0.0.0/8"));
    ByteBuffer corpus = ByteBuffer.allocateDirect(FRAMES * SLOT);
    int[] lengths = new int[FRAMES];
    RandomFrames frames = new RandomFrames(7);
    for (int i = 0; i < FRAMES; i++) {
      byte[] frame = i % 20 == 0 ? frames.nextArp() : frames.next();
      corpus.put(i * SLOT, frame);
      lengths[i] = frame.length;
    }
    ByteBuffer slot = ByteBuffer.allocateDirect(SLOT);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = Long.MAX_VALUE;
    // The compiler may take part in the first ones.
    for (int pass = 0; pass < PASSES; pass++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < FRAMES; i++) {
        slot.put(0, corpus, i * SLOT, lengths[i]);
        Side side = sides.of(slot, 0, lengths[i]);
        servers.of(slot, 0, lengths[i]);
        rewriter.rewrite(slot, 0, lengths[i], lengths[i], side, pass);
      }
      allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(allocated).as("bytes for %d frames", FRAMES).isLessThan(FRAMES);
  }
}
