package io.tapdeck.replay.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How what people write is read, and refused. */
class SettingsParsingTest {
  @Test
  void ethernetAddressesAreReadWithColonsOrHyphens() {
    assertThat(MacAddress.parse("02:00:5E:10:00:0f").bits()).isEqualTo(0x02005E10000FL);
    assertThat(MacAddress.parse("02-00-5e-10-00-0f")).hasToString("02:00:5e:10:00:0f");
    assertThat(MacAddress.parse("01:00:5e:00:00:01").isGroup()).isTrue();
  }

  @Test
  void aPairIsForBothSidesOrOneEach() {
    MacAddress one = MacAddress.parse("02:00:00:00:00:01");
    MacAddress other = MacAddress.parse("02:00:00:00:00:02");
    assertThat(MacPair.parse("02:00:00:00:00:01"))
        .isEqualTo(new MacPair(Optional.of(one), Optional.of(one)));
    assertThat(MacPair.parse("02:00:00:00:00:01,02:00:00:00:00:02"))
        .isEqualTo(new MacPair(Optional.of(one), Optional.of(other)));
    assertThat(MacPair.parse(",02:00:00:00:00:02"))
        .isEqualTo(new MacPair(Optional.empty(), Optional.of(other)));
  }

  @Test
  void prefixesAreOfEitherFamilyAndAnAddressIsAllOfItself() {
    assertThat(Prefix.parse("10.0.0.0/8")).isEqualTo(new Prefix(false, 0, 0x0A000000L, 8));
    assertThat(Prefix.parse("192.0.2.1").length()).isEqualTo(32);
    assertThat(Prefix.parse("0.0.0.0/0").contains(-1)).isTrue();
    assertThat(Prefix.parse("[2001:db8::]/32"))
        .isEqualTo(Prefix.parse("[2001:db8::/32]"))
        .isEqualTo(new Prefix(true, 0x20010DB8L << 32, 0, 32));
    assertThat(Prefix.parse("2001:db8::1").length()).isEqualTo(128);
    assertThat(Prefix.parse("::ffff:192.0.2.1"))
        .isEqualTo(new Prefix(true, 0, 0xFFFF_C000_0201L, 128));
    assertThat(Prefix.parse("2001:db8:0:8000::/49").contains(0x20010DB8_0000_8001L, 5)).isTrue();
    assertThat(Prefix.parse("2001:db8:0:8000::/49").contains(0x20010DB8_0000_7FFFL, 5)).isFalse();
    assertThat(Prefix.parse("2001:db8::40/122").contains(0x20010DB8L << 32, 0x7F)).isTrue();
    assertThat(Prefix.parse("2001:db8::40/122").contains(0x20010DB8L << 32, 0x80)).isFalse();
  }

  @Test
  void mappingsAreReadInOrder() {
    assertThat(AddressMapping.parseAll("10.0.0.0/8=172.0.0.0/8,2001:db8::/32=fd00::/16"))
        .extracting(AddressMapping::to)
        .containsExactly(Prefix.parse("172.0.0.0/8"), Prefix.parse("fd00::/16"));
    assertThat(PortMapping.parseAll("80=8080,1000-2000=80,5-7=15-17"))
        .containsExactly(
            new PortMapping(80, 80, 8080, false),
            new PortMapping(1000, 2000, 80, false),
            new PortMapping(5, 7, 15, true));
    assertThat(MacMapping.parseAll("02:00:00:00:00:01=02:00:00:00:00:02")).hasSize(1);
  }

  @Test
  void tagsAreAddedReplacedAndRemoved() {
    assertThat(VlanChange.parse("add,id=100,priority=5,dei=1,type=802.1ad"))
        .isEqualTo(
            new VlanChange.Add(
                new VlanChange.Tag(
                    OptionalInt.of(100),
                    OptionalInt.of(5),
                    Optional.of(true),
                    Optional.of(VlanChange.TagType.DOT1AD))));
    assertThat(VlanChange.parse("replace,priority=0"))
        .isEqualTo(
            new VlanChange.Replace(
                new VlanChange.Tag(
                    OptionalInt.empty(), OptionalInt.of(0), Optional.empty(), Optional.empty())));
    assertThat(VlanChange.parse("remove")).isEqualTo(new VlanChange.Remove(false));
    assertThat(VlanChange.parse("remove-all")).isEqualTo(new VlanChange.Remove(true));
  }

  @Test
  void timesToLiveAndCodePointsAreReadAsPeopleWriteThem() {
    assertThat(HopLimitChange.parse("64").apply(3)).isEqualTo(64);
    assertThat(HopLimitChange.parse("+10").apply(250)).isEqualTo(255);
    assertThat(HopLimitChange.parse("-10").apply(5)).isEqualTo(1);
    assertThat(HopLimitChange.parse("-10").apply(64)).isEqualTo(54);
    assertThat(List.of("EF", "af41", "CS1", "le", "63").stream().map(Dscp::parse))
        .extracting(Dscp::value)
        .containsExactly(46, 34, 8, 1, 63);
  }

  @Test
  void uniqueAddressesHaveAStep() {
    assertThat(UniqueAddresses.parse("all"))
        .isEqualTo(new UniqueAddresses(UniqueAddresses.Whose.ALL, 256));
    assertThat(UniqueAddresses.parse("clients:1"))
        .isEqualTo(new UniqueAddresses(UniqueAddresses.Whose.CLIENTS, 1));
  }

  @Test
  void sidesAreToldApartAsAsked() {
    assertThat(SideSplit.parse("auto")).isEqualTo(new SideSplit.Automatic());
    assertThat(SideSplit.parse("port")).isEqualTo(new SideSplit.Ports());
    assertThat(SideSplit.parse("servers=10.0.0.0/8,fd00::/8"))
        .isEqualTo(
            new SideSplit.Servers(List.of(Prefix.parse("10.0.0.0/8"), Prefix.parse("fd00::/8"))));
  }

  @Test
  void settingsThatChangeNothingSaySo() {
    assertThat(RewriteSettings.NONE.changesAnything()).isFalse();
    assertThat(RewriteSettings.builder().fixChecksums(true).build().changesAnything()).isTrue();
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refusal(MacAddress::parse, "02:00:5e:10:00", "six bytes"),
        refusal(MacAddress::parse, "02:00-5e:10:00:01", "six bytes"),
        refusal(MacPair::parse, ",", "has no Ethernet address"),
        refusal(MacMapping::parseAll, "02:00:00:00:00:01", "write OLD=NEW"),
        refusal(Prefix::parse, "192.168.0.0/8", "after its first 8; write 192.0.0.0/8"),
        refusal(Prefix::parse, "2001:db8::1/64", "write 2001:db8:0:0:0:0:0:0/64"),
        refusal(Prefix::parse, "10.0.0.0/33", "0 to 32 bits, not 33"),
        refusal(Prefix::parse, "::/129", "0 to 128 bits, not 129"),
        refusal(Prefix::parse, "10.0.0/8", "is not a prefix"),
        refusal(Prefix::parse, "10.0.0.256", "is not a prefix"),
        refusal(Prefix::parse, "example.org", "is not a prefix"),
        refusal(Prefix::parse, "fe80::1%eth0", "is not a prefix"),
        refusal(Prefix::parse, "[10.0.0.0]/8", "is not a prefix"),
        refusal(Prefix::parse, "[2001:db8::/32", "is not a prefix"),
        refusal(Prefix::parse, "1:2:3", "is not a prefix"),
        refusal(Prefix::parse, "", "is not a prefix"),
        refusal(AddressMapping::parseAll, "10.0.0.0/8=fd00::/8", "two of the same"),
        refusal(AddressMapping::parseAll, "10.0.0.0/8", "write OLD=NEW"),
        refusal(AddressMapping::parseAll, "10.0.0.0/8=11.0.0.0/8,", "write OLD=NEW"),
        refusal(PortMapping::parseAll, "80", "write OLD=NEW"),
        refusal(PortMapping::parseAll, "80=65536", "between 0 and 65535"),
        refusal(PortMapping::parseAll, "20-10=80", "the lower one comes first"),
        refusal(PortMapping::parseAll, "10-20=30-50", "another number of ports"),
        refusal(PortMapping::parseAll, "-1=80", "write OLD=NEW"),
        refusal(HopLimitChange::parse, "0", "1 to 255"),
        refusal(HopLimitChange::parse, "256", "1 to 255"),
        refusal(HopLimitChange::parse, "low", "write 64, or +1"),
        refusal(Dscp::parse, "64", "between 0 and 63"),
        refusal(Dscp::parse, "gold", "or a name such as EF"),
        refusal(VlanChange::parse, "add", "needs an id"),
        refusal(VlanChange::parse, "replace", "nothing to replace"),
        refusal(VlanChange::parse, "remove,id=3", "has no fields"),
        refusal(VlanChange::parse, "add,id=4096", "between 0 and 4095"),
        refusal(VlanChange::parse, "add,id=1,id=2", "each once"),
        refusal(VlanChange::parse, "add,id=1,priority=8", "between 0 and 7"),
        refusal(VlanChange::parse, "add,id=1,dei=2", "dei=0 or dei=1"),
        refusal(VlanChange::parse, "add,id=1,type=qinq", "802.1q or 802.1ad"),
        refusal(VlanChange::parse, "pop", "remove"),
        refusal(UniqueAddresses::parse, "servers", "all or clients"),
        refusal(UniqueAddresses::parse, "all:0", "1 to 16777215"),
        refusal(SideSplit::parse, "bridge", "write auto, port"),
        refusal(SideSplit::parse, "servers=", "is not a prefix"),
        refusal(SideSplit::parse, "auto=10.0.0.0/8", "write auto, port"));
  }

  private static Arguments refusal(Function<String, Object> parse, String text, String message) {
    return Arguments.of(parse, text, message);
  }

  @ParameterizedTest(name = "{1}: {2}")
  @MethodSource("refusals")
  void whatMakesNoSenseIsRefusedInOneLine(
      Function<String, Object> parse, String text, String message) {
    assertThatThrownBy(() -> parse.apply(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void moreMappingsThanCanBeLookedThroughAreRefused() {
    List<AddressMapping> many =
        java.util.Collections.nCopies(
            1025, AddressMapping.parseAll("10.0.0.0/8=11.0.0.0/8").getFirst());
    assertThatThrownBy(() -> RewriteSettings.builder().mapSources(many).build())
        .hasMessageContaining("1024 are the most");
  }
}
