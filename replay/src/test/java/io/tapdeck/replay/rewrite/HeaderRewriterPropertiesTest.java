package io.tapdeck.replay.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds for frames of all kinds; {@link ChecksumErrors} judges. */
class HeaderRewriterPropertiesTest {
  private static final int GUARD = 24;
  private static final byte GUARD_BYTE = (byte) 0xA5;

  /** What it does it also undoes. */
  private static final RewriteSettings SWAPPING =
      RewriteSettings.builder()
          .mapMacs(
              MacMapping.parseAll(
                  "02:00:00:00:00:01=02:aa:bb:cc:dd:ee,02:aa:bb:cc:dd:ee=02:00:00:00:00:01"))
          .mapAddresses(AddressMapping.parseAll("10.0.0.0/8=172.0.0.0/8,172.0.0.0/8=10.0.0.0/8"))
          .mapAddresses(AddressMapping.parseAll("2001:db8::/29=fd00::/29,fd00::/29=2001:db8::/29"))
          .mapPorts(PortMapping.parseAll("80=8080,8080=80,1000-1999=3000-3999"))
          .mapPorts(PortMapping.parseAll("3000-3999=1000-1999"))
          .build();

  private static final List<String> VLAN_CHANGES =
      List.of("add,id=7,priority=3", "replace,id=9,type=802.1ad", "remove", "remove-all");

  @Property(tries = 1000)
  void changingBackGivesTheSameBytes(
      @ForAll long seed, @ForAll @IntRange(min = 14, max = 400) int cut, @ForAll Side side) {
    byte[] frame = cut(frame(seed), cut);
    HeaderRewriter swap = new HeaderRewriter(SWAPPING);
    byte[] there = rewrite(swap, frame, frame.length, side, 0);
    byte[] back = rewrite(swap, there, frame.length, side, 0);
    assertThat(back).isEqualTo(frame);
  }

  @Property(tries = 1000)
  void rightChecksumsStayRight(@ForAll long seed, @ForAll Side side) {
    byte[] frame = frame(seed);
    List<String> before = ChecksumErrors.of(frame);
    // What an error is about is cut as a rule.
    assertThat(before).allMatch(error -> error.matches("embedded .*|.* (0|none)"));
    byte[] changed = rewrite(everything(seed, false), frame, frame.length, side, seed & 0xFFFF);
    assertThat(ChecksumErrors.of(changed)).isEqualTo(before);
  }

  @Property(tries = 1000)
  void wrongChecksumsStayWrongByAsMuch(
      @ForAll long seed,
      @ForAll Side side,
      @ForAll @IntRange(min = 60, max = 400) int cut,
      @ForAll @IntRange(min = 1, max = 0xFFFE) int error) {
    byte[] frame = frame(seed);
    spoil(frame, error);
    frame = cut(frame, Math.max(cut, headersEnd(frame)));
    List<String> before = ChecksumErrors.of(frame);
    byte[] changed = rewrite(everything(seed, false), frame, frame.length + 1, side, 3);
    assertThat(ChecksumErrors.of(changed)).isEqualTo(before);
  }

  @Property(tries = 1000)
  void wrongChecksumsAreFixedOnRequest(
      @ForAll long seed, @ForAll Side side, @ForAll @IntRange(min = 1, max = 0xFFFE) int error) {
    byte[] frame = frame(seed);
    spoil(frame, error);
    List<String> wrong = ChecksumErrors.of(frame);
    boolean fragment = ChecksumErrors.isFragment(frame);
    List<String> fixed =
        ChecksumErrors.of(rewrite(everything(seed, true), frame, frame.length, side, 3));
    assertThat(fixed).hasSameSizeAs(wrong);
    for (int i = 0; i < fixed.size(); i++) {
      String name = wrong.get(i).replaceAll(" -?\\d+$", "");
      if (name.equals("ip") || (!fragment && !name.startsWith("embedded"))) {
        assertThat(fixed.get(i)).isEqualTo(name + " 0");
      } else {
        assertThat(fixed.get(i)).isEqualTo(wrong.get(i));
      }
    }
  }

  @Property(tries = 2000)
  void nothingOutsideTheFrameIsTouchedAndNothingThrown(
      @ForAll long seed,
      @ForAll @IntRange(min = 14, max = 200) int cut,
      @ForAll @IntRange(min = 0, max = 6) int damages,
      @ForAll Side side) {
    byte[] frame = cut(frame(seed), cut);
    Random random = new Random(seed);
    for (int i = 0; i < damages; i++) {
      frame[random.nextInt(frame.length)] = (byte) random.nextInt();
    }
    rewrite(
        everything(seed, random.nextBoolean()),
        frame,
        frame.length + random.nextInt(2),
        side,
        seed);
    rewrite(new HeaderRewriter(SWAPPING), frame, frame.length, side, seed);
  }

  @Property(tries = 1000)
  void bytesAtRandomAreNotReadBeyond(
      @ForAll long seed, @ForAll @IntRange(min = 14, max = 120) int length, @ForAll Side side) {
    Random random = new Random(seed);
    byte[] frame = new byte[length];
    random.nextBytes(frame);
    int[] types = {0x0800, 0x86DD, 0x0806, 0x8100, 0x88A8, 0x8847, 0x8864, length - 14};
    Frames.put16(frame, 12, types[random.nextInt(types.length)]);
    if (length > 16) {
      frame[14] = (byte) (random.nextBoolean() ? 0x40 + random.nextInt(16) : 0x60);
    }
    rewrite(everything(seed, random.nextBoolean()), frame, length + random.nextInt(2), side, seed);
  }

  private static byte[] frame(long seed) {
    RandomFrames frames = new RandomFrames(seed);
    return Math.floorMod(seed, 10) == 0 ? frames.nextArp() : frames.next();
  }

  private static HeaderRewriter everything(long seed, boolean fix) {
    RewriteSettings.Builder settings =
        RewriteSettings.builder()
            .sourceMac(MacPair.parse("02:11:11:11:11:11,02:22:22:22:22:22"))
            .destinationMac(MacPair.parse("02:33:33:33:33:33"))
            .mapSources(
                AddressMapping.parseAll("10.1.0.0/16=198.18.0.0/15,2001:db8::/64=fd00::/60"))
            .mapDestinations(AddressMapping.parseAll("10.0.0.0/8=172.0.0.0/9"))
            .mapAddresses(AddressMapping.parseAll("0.0.0.0/0=100.0.0.0/8,::/0=2001:db8:7::/48"))
            .mapAddresses(AddressMapping.parseAll("224.0.0.0/24=239.1.2.0/24"))
            .mapPorts(PortMapping.parseAll("80=8080,1000-2000=81,3000-3999=4000-4999"))
            .hopLimit(HopLimitChange.parse("-3"))
            .dscp(Dscp.parse("EF"))
            .unique(UniqueAddresses.parse(seed % 2 == 0 ? "all" : "clients:77"))
            .fixChecksums(fix);
    int change = (int) Math.floorMod(seed, 5L);
    if (change < VLAN_CHANGES.size()) {
      settings.vlan(VlanChange.parse(VLAN_CHANGES.get(change)));
    }
    return new HeaderRewriter(settings.build());
  }

  /** Makes each checksum wrong, by the same amount. */
  private static void spoil(byte[] frame, int error) {
    for (int field : ChecksumErrors.fields(frame)) {
      int stored = ((frame[field] & 0xFF) << 8) | (frame[field + 1] & 0xFF);
      int spoilt = (stored + error) % 0xFFFF;
      // 0 would be none in UDP; 0xffff is what nobody computes in the others.
      Frames.put16(frame, field, spoilt == 0 ? 0x1234 : spoilt);
    }
  }

  private static int headersEnd(byte[] frame) {
    return ChecksumErrors.fields(frame).stream().mapToInt(field -> field + 40).max().orElse(60);
  }

  private static byte[] cut(byte[] frame, int length) {
    return Arrays.copyOf(frame, Math.min(frame.length, length));
  }

  /** Rewrites between guards that must survive. */
  static byte[] rewrite(
      HeaderRewriter rewriter, byte[] frame, long originalLength, Side side, long pass) {
    int room = frame.length + rewriter.growth();
    ByteBuffer memory = ByteBuffer.allocateDirect(GUARD + room + GUARD);
    for (int i = 0; i < memory.capacity(); i++) {
      memory.put(i, GUARD_BYTE);
    }
    memory.put(GUARD, frame);
    // What is read beyond the frame is not there.
    ByteBuffer exact = memory.slice(GUARD, room);
    ByteBuffer offset = memory.slice(0, GUARD + room);
    byte[] result;
    if (frame.length % 2 == 0) {
      result = new byte[rewriter.rewrite(exact, 0, frame.length, originalLength, side, pass)];
    } else {
      result = new byte[rewriter.rewrite(offset, GUARD, frame.length, originalLength, side, pass)];
    }
    assertThat(result.length).isBetween(14, room);
    memory.get(GUARD, result);
    for (int i = 0; i < GUARD; i++) {
      assertThat(memory.get(i)).isEqualTo(GUARD_BYTE);
      assertThat(memory.get(GUARD + room + i)).isEqualTo(GUARD_BYTE);
    }
    return result;
  }
}
