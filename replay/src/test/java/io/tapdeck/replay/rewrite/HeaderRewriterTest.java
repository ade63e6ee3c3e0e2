package io.tapdeck.replay.rewrite;

import static io.tapdeck.replay.rewrite.Frames.address;
import static io.tapdeck.replay.rewrite.Frames.hex;
import static io.tapdeck.replay.rewrite.Frames.join;
import static io.tapdeck.replay.rewrite.Frames.payload;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each change by an example whose result is put together from scratch. */
class HeaderRewriterTest {
  private static final byte[] CLIENT = address("10.1.2.3");
  private static final byte[] SERVER = address("10.9.8.7");
  private static final byte[] NEW_CLIENT = address("172.1.2.3");
  private static final byte[] NEW_SERVER = address("172.9.8.7");
  private static final byte[] CLIENT6 = address("2001:db8::1");
  private static final byte[] SERVER6 = address("2001:db8::2");
  private static final byte[] NEW_CLIENT6 = address("fd00:1::1");
  private static final byte[] NEW_SERVER6 = address("fd00:1::2");
  private static final byte[] NEW_MAC = hex("029999999999");

  private static final String MAPS = "10.0.0.0/8=172.0.0.0/8,2001:db8::/32=fd00:1::/32";

  @Test
  void hostsBitsStayAndTheFirstMatchWins() {
    RewriteSettings settings =
        settings(b ->
            b.mapAddresses(
                AddressMapping.parseAll(
                    "10.1.0.0/16=192.168.0.0/16,10.0.0.0/8=172.0.0.0/8,10.9.8.7=1.1.1.1")));
    assertThat(rewrite(settings, udp(CLIENT, SERVER, 5, 6)))
        .isEqualTo(udp(address("192.168.2.3"), NEW_SERVER, 5, 6));
  }

  @Test
  void theMapOfOneDirectionLeavesTheOtherAlone() {
    RewriteSettings sources = settings(b -> b.mapSources(AddressMapping.parseAll(MAPS)));
    assertThat(rewrite(sources, udp(CLIENT, SERVER, 5, 6)))
        .isEqualTo(udp(NEW_CLIENT, SERVER, 5, 6));
    RewriteSettings destinations = settings(b -> b.mapDestinations(AddressMapping.parseAll(MAPS)));
    assertThat(rewrite(destinations, udp(CLIENT, SERVER, 5, 6)))
        .isEqualTo(udp(CLIENT, NEW_SERVER, 5, 6));
  }

  @Test
  void groupsAreMappedOnlyByTheirOwnPrefix() {
    RewriteSettings everybody =
        settings(b -> b.mapAddresses(AddressMapping.parseAll("0.0.0.0/0=99.0.0.0/8")));
    byte[] group = address("224.0.0.251");
    assertThat(rewrite(everybody, udp(CLIENT, group, 5353, 5353)))
        .isEqualTo(udp(address("99.1.2.3"), group, 5353, 5353));
    byte[] nobody = address("0.0.0.0");
    byte[] all = address("255.255.255.255");
    assertThat(rewrite(everybody, udp(nobody, all, 68, 67))).isEqualTo(udp(nobody, all, 68, 67));
    RewriteSettings groups =
        settings(b -> b.mapAddresses(AddressMapping.parseAll("224.0.0.0/24=239.1.1.0/24")));
    assertThat(rewrite(groups, udp(CLIENT, group, 5353, 5353)))
        .isEqualTo(udp(CLIENT, address("239.1.1.251"), 5353, 5353));
  }

  @Test
  void anErrorIsAboutThePacketAsItWasPlayed() {
    RewriteSettings settings =
        settings(b ->
            b.mapSources(AddressMapping.parseAll(MAPS)).mapPorts(PortMapping.parseAll("80=8080")));
    byte[] about = Frames.ipv4(SERVER, CLIENT, 17, Frames.udp(SERVER, CLIENT, 80, 9, payload(9)));
    byte[] played =
        Frames.ipv4(NEW_SERVER, CLIENT, 17, Frames.udp(NEW_SERVER, CLIENT, 8080, 9, payload(9)));
    for (int length : new int[] {28, 33, 37}) {
      assertThat(rewrite(settings, v4(CLIENT, SERVER, 1, error(3, Arrays.copyOf(about, length)))))
          .isEqualTo(v4(NEW_CLIENT, SERVER, 1, error(3, Arrays.copyOf(played, length))));
    }
  }

  @Test
  void theGatewayOfARedirectIsADestination() {
    RewriteSettings settings = settings(b -> b.mapDestinations(AddressMapping.parseAll(MAPS)));
    byte[] about = Frames.ipv4(SERVER, CLIENT, 17, new byte[8]);
    byte[] played = Frames.ipv4(SERVER, NEW_CLIENT, 17, new byte[8]);
    assertThat(rewrite(settings, v4(CLIENT, SERVER, 1, Frames.icmp(5, 1, SERVER, about))))
        .isEqualTo(v4(CLIENT, NEW_SERVER, 1, Frames.icmp(5, 1, NEW_SERVER, played)));
  }

  @Test
  void arpIsMappedLikeThePacketsItIsFor() {
    byte[] nobody = new byte[6];
    RewriteSettings settings =
        settings(b ->
            b.mapSources(AddressMapping.parseAll(MAPS))
                .sourceMac(MacPair.parse("02:99:99:99:99:99")));
    byte[] arp = Frames.arp(1, Frames.CLIENT_MAC, CLIENT, nobody, SERVER);
    byte[] changed = Frames.arp(1, NEW_MAC, NEW_CLIENT, nobody, SERVER);
    assertThat(
            rewrite(
                settings, Frames.ethernet(Frames.BROADCAST, Frames.CLIENT_MAC, Frames.ARP, arp)))
        .isEqualTo(Frames.ethernet(Frames.BROADCAST, NEW_MAC, Frames.ARP, changed));
  }

  @Test
  void neighbourDiscoveryTellsOfTheNewAddresses() {
    RewriteSettings settings =
        settings(b ->
            b.mapAddresses(AddressMapping.parseAll(MAPS))
                .mapMacs(MacMapping.parseAll("02:00:00:00:00:01=02:99:99:99:99:99")));
    byte[] option = hex("0101");
    byte[] told = join(SERVER6, option, Frames.CLIENT_MAC);
    byte[] changed = join(NEW_SERVER6, option, NEW_MAC);
    byte[] frame =
        Frames.ethernet(
            Frames.IPV6,
            Frames.ipv6(
                CLIENT6, SERVER6, 58, Frames.icmpV6(CLIENT6, SERVER6, 135, 0, new byte[4], told)));
    byte[] packet =
        Frames.ipv6(
            NEW_CLIENT6,
            NEW_SERVER6,
            58,
            Frames.icmpV6(NEW_CLIENT6, NEW_SERVER6, 135, 0, new byte[4], changed));
    assertThat(rewrite(settings, frame))
        .isEqualTo(Frames.ethernet(Frames.SERVER_MAC, NEW_MAC, Frames.IPV6, packet));
  }

  @Test
  void aSourceRouteIsMappedAndItsEndIsWhatTheChecksumCovers() {
    RewriteSettings settings = settings(b -> b.mapAddresses(AddressMapping.parseAll(MAPS)));
    byte[] far = address("10.77.0.9");
    byte[] newFar = address("172.77.0.9");
    byte[] before =
        Frames.ipv4(
            CLIENT,
            SERVER,
            6,
            Frames.tcp(CLIENT, far, 5, 6, payload(7)),
            join(hex("830704"), far, hex("00")),
            0);
    byte[] after =
        Frames.ipv4(
            NEW_CLIENT,
            NEW_SERVER,
            6,
            Frames.tcp(NEW_CLIENT, newFar, 5, 6, payload(7)),
            join(hex("830704"), newFar, hex("00")),
            0);
    assertThat(rewrite(settings, Frames.ethernet(Frames.IPV4, before)))
        .isEqualTo(Frames.ethernet(Frames.IPV4, after));
  }

  @Test
  void aUdpChecksumThatIsNoneStaysNoneAndOneThatBecomesZeroIsWrittenAsOnes() {
    RewriteSettings settings = settings(b -> b.mapPorts(PortMapping.parseAll("80=8080")));
    assertThat(
            rewrite(settings, v4(CLIENT, SERVER, 17, Frames.udpWithoutChecksum(1, 80, payload(3)))))
        .isEqualTo(v4(CLIENT, SERVER, 17, Frames.udpWithoutChecksum(1, 8080, payload(3))));
    for (int filling = 0; filling < 0x10000; filling++) {
      byte[] udp = Frames.udp(CLIENT, SERVER, 1, 8080, Frames.u16(filling));
      if (udp[6] == -1 && udp[7] == -1) {
        byte[] before =
            v4(CLIENT, SERVER, 17, Frames.udp(CLIENT, SERVER, 1, 80, Frames.u16(filling)));
        assertThat(rewrite(settings, before)).isEqualTo(v4(CLIENT, SERVER, 17, udp));
        return;
      }
    }
    throw new AssertionError("no payload makes the checksum 0");
  }

  @Test
  void portsAreMappedByTheFirstThatMatchesInBothDirections() {
    RewriteSettings settings =
        settings(b -> b.mapPorts(PortMapping.parseAll("80=81,1-100=200,1000-1009=2000-2009")));
    assertThat(rewrite(settings, udp(CLIENT, SERVER, 80, 99)))
        .isEqualTo(udp(CLIENT, SERVER, 81, 200));
    assertThat(rewrite(settings, udp(CLIENT, SERVER, 1007, 1010)))
        .isEqualTo(udp(CLIENT, SERVER, 2007, 1010));
  }

  @Test
  void sctpsChecksumFollowsThePortsAlsoWhereTheEndIsMissing() {
    RewriteSettings settings = settings(b -> b.mapPorts(PortMapping.parseAll("80=8080")));
    byte[] before = v4(CLIENT, SERVER, 132, Frames.sctp(80, 9, payload(400)));
    byte[] after = v4(CLIENT, SERVER, 132, Frames.sctp(8080, 9, payload(400)));
    assertThat(rewrite(settings, before)).isEqualTo(after);
    assertThat(rewrite(settings, Arrays.copyOf(before, 60), before.length))
        .isEqualTo(Arrays.copyOf(after, 60));
  }

  @Test
  void timesToLiveAndCodePointsChangeAndEcnStays() {
    RewriteSettings settings =
        settings(b -> b.hopLimit(HopLimitChange.parse("-60")).dscp(Dscp.parse("EF")));
    byte[] v4 = Frames.ipv4(CLIENT, SERVER, 47, payload(8));
    v4[1] = 0x4B;
    byte[] changed = rewrite(settings, Frames.ethernet(Frames.IPV4, v4));
    assertThat(changed[15]).isEqualTo((byte) (46 << 2 | 3));
    assertThat(changed[22]).isEqualTo((byte) 4);
    byte[] v6 = Frames.ipv6(CLIENT6, SERVER6, 47, payload(8));
    v6[0] = 0x64;
    v6[1] = (byte) 0xB5;
    byte[] changed6 = rewrite(settings, Frames.ethernet(Frames.IPV6, v6));
    assertThat(Arrays.copyOfRange(changed6, 14, 18)).isEqualTo(hex("6bb52345"));
    assertThat(changed6[21]).isEqualTo((byte) 4);
  }

  @Test
  void tagsAreAddedReplacedAndRemoved() {
    byte[] plain = udp(CLIENT, SERVER, 5, 6);
    byte[] tagged = Frames.tagged(0x8100, 0xB064, plain);
    byte[] twice = Frames.tagged(0x88A8, 0x2FFF, tagged);
    assertThat(vlan("add,id=7", plain)).isEqualTo(Frames.tagged(0x8100, 7, plain));
    assertThat(vlan("add,id=7,priority=5,dei=1,type=802.1ad", tagged))
        .isEqualTo(Frames.tagged(0x88A8, 0xB007, tagged));
    assertThat(vlan("replace,id=7", tagged)).isEqualTo(Frames.tagged(0x8100, 0xB007, plain));
    assertThat(vlan("replace,priority=0,dei=0", tagged))
        .isEqualTo(Frames.tagged(0x8100, 100, plain));
    assertThat(vlan("replace,type=802.1q", twice)).isEqualTo(Frames.tagged(0x8100, 0x2FFF, tagged));
    assertThat(vlan("replace,id=7", plain)).isEqualTo(plain);
    assertThat(vlan("remove", twice)).isEqualTo(tagged);
    assertThat(vlan("remove-all", twice)).isEqualTo(plain);
    assertThat(vlan("remove", plain)).isEqualTo(plain);
    // There is no frame left without a type.
    assertThat(vlan("remove-all", Arrays.copyOf(twice, 18))).hasSize(14);
    assertThat(vlan("remove", Arrays.copyOf(tagged, 17))).hasSize(17);
  }

  @Test
  void ethernetAddressesAreSetBySideButNotOverAGroup() {
    RewriteSettings settings =
        settings(b ->
            b.sourceMac(MacPair.parse("02:99:99:99:99:99,"))
                .destinationMac(MacPair.parse("02:00:00:00:00:0d,02:00:00:00:00:0e"))
                .mapMacs(MacMapping.parseAll("02:00:00:00:00:01=02:00:00:00:00:aa")));
    byte[] packet = payload(50);
    byte[] frame = Frames.ethernet(0x88B5, packet);
    assertThat(rewrite(settings, frame, Side.CLIENT, 0))
        .isEqualTo(Frames.ethernet(hex("02000000000d"), NEW_MAC, 0x88B5, packet));
    assertThat(rewrite(settings, frame, Side.SERVER, 0))
        .isEqualTo(Frames.ethernet(hex("02000000000e"), hex("0200000000aa"), 0x88B5, packet));
    assertThat(
            rewrite(
                settings,
                Frames.ethernet(Frames.BROADCAST, Frames.CLIENT_MAC, 0x88B5, packet),
                Side.CLIENT,
                0))
        .isEqualTo(Frames.ethernet(Frames.BROADCAST, NEW_MAC, 0x88B5, packet));
  }

  @Test
  void eachPassHasOtherAddressesAndTheFirstHasTheOldOnes() {
    RewriteSettings settings = settings(b -> b.unique(UniqueAddresses.parse("all")));
    byte[] frame = udp(CLIENT, SERVER, 5, 6);
    assertThat(rewrite(settings, frame, Side.CLIENT, 0)).isEqualTo(frame);
    assertThat(rewrite(settings, frame, Side.CLIENT, 1))
        .isEqualTo(udp(address("10.1.3.3"), address("10.9.9.7"), 5, 6));
    assertThat(rewrite(settings, frame, Side.CLIENT, 254))
        .isEqualTo(udp(address("10.2.0.3"), address("10.10.6.7"), 5, 6));
    assertThat(rewrite(settings, frame, Side.CLIENT, 65_535))
        .isEqualTo(udp(address("10.1.1.3"), address("10.9.7.7"), 5, 6));
    assertThat(rewrite(settings, frame, Side.CLIENT, 65_536)).isEqualTo(frame);
    HeaderRewriter rewriter = new HeaderRewriter(settings);
    ByteBuffer memory = ByteBuffer.allocate(frame.length);
    Set<Integer> clients = new HashSet<>();
    for (long pass = 0; pass < 65_536; pass++) {
      memory.put(0, frame);
      rewriter.rewrite(memory, 0, frame.length, frame.length, Side.CLIENT, pass);
      clients.add(memory.getInt(26));
    }
    assertThat(clients).hasSize(65_536);
  }

  @Test
  void onRequestOnlyClientsHaveOtherAddresses() {
    RewriteSettings settings = settings(b -> b.unique(UniqueAddresses.parse("clients:1")));
    byte[] other = address("10.1.2.4");
    assertThat(rewrite(settings, udp(CLIENT, SERVER, 5, 6), Side.CLIENT, 1))
        .isEqualTo(udp(other, SERVER, 5, 6));
    assertThat(rewrite(settings, udp(SERVER, CLIENT, 6, 5), Side.SERVER, 1))
        .isEqualTo(udp(SERVER, other, 6, 5));
    byte[] udp = Frames.udpWithoutChecksum(5, 6, payload(8));
    byte[] about = Frames.ipv4(CLIENT, SERVER, 17, udp);
    byte[] played = Frames.ipv4(other, SERVER, 17, udp);
    assertThat(rewrite(settings, v4(SERVER, CLIENT, 1, error(3, about)), Side.SERVER, 1))
        .isEqualTo(v4(SERVER, other, 1, error(3, played)));
  }

  @Test
  void whatIsNobodysOrEverybodysStaysInEachPass() {
    RewriteSettings settings = settings(b -> b.unique(UniqueAddresses.parse("all:1")));
    for (String special : new String[] {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255"}) {
      byte[] frame = udp(address(special), address(special), 5, 6);
      assertThat(rewrite(settings, frame, Side.CLIENT, 3)).as(special).isEqualTo(frame);
    }
    byte[] group = address("ff02::1:ff00:2");
    byte[] asked = join(SERVER6, hex("0101"), Frames.CLIENT_MAC);
    byte[] frame =
        Frames.ethernet(
            Frames.IPV6,
            Frames.ipv6(
                CLIENT6, group, 58, Frames.icmpV6(CLIENT6, group, 135, 0, new byte[4], asked)));
    byte[] other = address("2001:db8::4");
    byte[] otherGroup = address("ff02::1:ff00:5");
    byte[] otherAsked = join(address("2001:db8::5"), hex("0101"), Frames.CLIENT_MAC);
    assertThat(rewrite(settings, frame, Side.CLIENT, 3))
        .isEqualTo(
            Frames.ethernet(
                Frames.IPV6,
                Frames.ipv6(
                    other,
                    otherGroup,
                    58,
                    Frames.icmpV6(other, otherGroup, 135, 0, new byte[4], otherAsked))));
  }

  @Test
  void aPacketWithoutALengthGoesToTheEndOfTheFrame() {
    RewriteSettings settings =
        settings(b -> b.mapAddresses(AddressMapping.parseAll(MAPS)).fixChecksums(true));
    byte[] packet = Frames.ipv4(CLIENT, SERVER, 6, Frames.tcp(CLIENT, SERVER, 5, 6, payload(99)));
    packet[2] = 0;
    packet[3] = 0;
    byte[] expected =
        Frames.ipv4(
            NEW_CLIENT, NEW_SERVER, 6, Frames.tcp(NEW_CLIENT, NEW_SERVER, 5, 6, payload(99)));
    byte[] changed = rewrite(settings, Frames.ethernet(Frames.IPV4, packet));
    assertThat(Arrays.copyOfRange(changed, 34, changed.length))
        .isEqualTo(Arrays.copyOfRange(expected, 20, expected.length));
  }

  @Test
  void udpOverIpv6WithoutAChecksumGetsOneWhenChecksumsAreFixed() {
    byte[] frame =
        Frames.ethernet(
            Frames.IPV6,
            Frames.ipv6(CLIENT6, SERVER6, 17, Frames.udpWithoutChecksum(5, 6, payload(9))));
    assertThat(rewrite(settings(b -> b.fixChecksums(true)), frame))
        .isEqualTo(
            Frames.ethernet(
                Frames.IPV6,
                Frames.ipv6(CLIENT6, SERVER6, 17, Frames.udp(CLIENT6, SERVER6, 5, 6, payload(9)))));
  }

  @Test
  void theChecksumOfAPacketThatWasCutOffFollowsAlsoWhenChecksumsAreFixed() {
    RewriteSettings settings =
        settings(b -> b.mapAddresses(AddressMapping.parseAll(MAPS)).fixChecksums(true));
    byte[] before = v4(CLIENT, SERVER, 6, Frames.tcp(CLIENT, SERVER, 5, 6, payload(25)));
    byte[] segment = Frames.tcp(NEW_CLIENT, NEW_SERVER, 5, 6, payload(25));
    byte[] after = v4(NEW_CLIENT, NEW_SERVER, 6, segment);
    int cut = before.length - 4;
    assertThat(rewrite(settings, Arrays.copyOf(before, cut), before.length))
        .isEqualTo(Arrays.copyOf(after, cut));
  }

  @Test
  void aChangeThatIsNoneInSumLeavesEachBitOfTheChecksum() {
    RewriteSettings settings = settings(b -> b.mapPorts(PortMapping.parseAll("80=81,81=80")));
    byte[] segment = Frames.tcp(CLIENT, SERVER, 80, 81, payload(9));
    byte[] swapped = Frames.tcp(CLIENT, SERVER, 81, 80, payload(9));
    // The one value that has two forms, in the one that is not computed.
    Frames.put16(segment, 16, 0xFFFF);
    Frames.put16(swapped, 16, 0xFFFF);
    assertThat(rewrite(settings, v4(CLIENT, SERVER, 6, segment)))
        .isEqualTo(v4(CLIENT, SERVER, 6, swapped));
  }

  @Test
  void theTransportIsFoundBehindAnAuthenticationHeader() {
    RewriteSettings settings = settings(b -> b.mapAddresses(AddressMapping.parseAll(MAPS)));
    byte[] authentication = hex("11040000 00000001 00000002 0102030405060708090a0b0c");
    byte[] before = join(authentication, Frames.udp(CLIENT, SERVER, 5, 6, payload(9)));
    byte[] after = join(authentication, Frames.udp(NEW_CLIENT, NEW_SERVER, 5, 6, payload(9)));
    assertThat(rewrite(settings, v4(CLIENT, SERVER, 51, before)))
        .isEqualTo(v4(NEW_CLIENT, NEW_SERVER, 51, after));
  }

  @Test
  void tunnelsAreNotLookedInto() {
    RewriteSettings settings = settings(b -> b.mapAddresses(AddressMapping.parseAll(MAPS)));
    byte[] inner = Frames.ipv4(CLIENT, SERVER, 17, Frames.udp(CLIENT, SERVER, 5, 6, payload(9)));
    assertThat(rewrite(settings, v4(CLIENT, SERVER, 4, inner)))
        .isEqualTo(v4(NEW_CLIENT, NEW_SERVER, 4, inner));
  }

  private static RewriteSettings settings(UnaryOperator<RewriteSettings.Builder> change) {
    return change.apply(RewriteSettings.builder()).build();
  }

  private static byte[] vlan(String change, byte[] frame) {
    return rewrite(settings(b -> b.vlan(VlanChange.parse(change))), frame);
  }

  private static byte[] rewrite(RewriteSettings settings, byte[] frame) {
    return rewrite(settings, frame, frame.length);
  }

  private static byte[] rewrite(RewriteSettings settings, byte[] frame, long originalLength) {
    return HeaderRewriterPropertiesTest.rewrite(
        new HeaderRewriter(settings), frame, originalLength, Side.CLIENT, 0);
  }

  private static byte[] rewrite(RewriteSettings settings, byte[] frame, Side side, long pass) {
    return HeaderRewriterPropertiesTest.rewrite(
        new HeaderRewriter(settings), frame, frame.length, side, pass);
  }

  private static byte[] udp(byte[] source, byte[] destination, int from, int to) {
    return v4(source, destination, 17, Frames.udp(source, destination, from, to, payload(25)));
  }

  private static byte[] error(int type, byte[] about) {
    return Frames.icmp(type, 1, new byte[4], about);
  }

  private static byte[] v4(byte[] source, byte[] destination, int protocol, byte[] payload) {
    return Frames.ethernet(Frames.IPV4, Frames.ipv4(source, destination, protocol, payload));
  }
}
