package io.tapdeck.web.command;

import io.tapdeck.replay.rewrite.AddressMapping;
import io.tapdeck.replay.rewrite.Dscp;
import io.tapdeck.replay.rewrite.HopLimitChange;
import io.tapdeck.replay.rewrite.MacMapping;
import io.tapdeck.replay.rewrite.MacPair;
import io.tapdeck.replay.rewrite.PortMapping;
import io.tapdeck.replay.rewrite.RewriteSettings;
import io.tapdeck.replay.rewrite.UniqueAddresses;
import io.tapdeck.replay.rewrite.VlanChange;
import io.tapdeck.web.job.ReplayRewriting;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a replay changes frames: here, or on an appliance. */
final class ReplayRewriteOptions {
  @Option(
      names = "--source-mac",
      paramLabel = "MAC[,MAC]",
      description = "The Ethernet source address; with two, of clients' and of servers' frames.")
  private @Nullable String sourceMac;

  @Option(
      names = "--destination-mac",
      paramLabel = "MAC[,MAC]",
      description = "The Ethernet destination address, likewise; group addresses stay as they are.")
  private @Nullable String destinationMac;

  @Option(
      names = "--map-mac",
      paramLabel = "OLD=NEW[,...]",
      description = "Ethernet addresses that become others, also in ARP and neighbour discovery.")
  private List<String> macs = List.of();

  @Option(
      names = "--map-ip",
      paramLabel = "PREFIX=PREFIX[,...]",
      description =
          "IPv4 or IPv6 addresses that become others, such as 10.1.0.0/16=198.18.0.0/16; also in"
              + " ARP, neighbour discovery and ICMP errors. The first that matches.")
  private List<String> addresses = List.of();

  @Option(
      names = "--map-source-ip",
      paramLabel = "PREFIX=PREFIX[,...]",
      description = "The same, of sources only.")
  private List<String> sources = List.of();

  @Option(
      names = "--map-destination-ip",
      paramLabel = "PREFIX=PREFIX[,...]",
      description = "The same, of destinations only.")
  private List<String> destinations = List.of();

  @Option(
      names = "--map-port",
      paramLabel = "PORT[-PORT]=PORT[-PORT][,...]",
      description = "TCP, UDP and SCTP ports that become others: 80=8080, 1000-1999=3000-3999.")
  private List<String> ports = List.of();

  @Option(
      names = "--vlan",
      paramLabel = "CHANGE",
      description =
          "VLAN tags: add,id=N, replace, remove or remove-all; the first two with id=N, priority=N,"
              + " dei=0|1 and type=802.1q|802.1ad after commas.")
  private @Nullable String vlan;

  @Option(
      names = "--ttl",
      paramLabel = "N|+N|-N",
      description =
          "Time to live and hop limit: set, raised to 255 at most, lowered to 1 at least.")
  private @Nullable String hopLimit;

  @Option(
      names = "--dscp",
      paramLabel = "N|NAME",
      description = "Differentiated services code point, 0 to 63, or its name: EF, AF31, CS1.")
  private @Nullable String dscp;

  @Option(
      names = "--unique",
      paramLabel = "all|clients[:STEP]",
      description =
          "Other IP addresses in each pass of --loop: STEP more each time, of everybody or of"
              + " clients (STEP by default: 256, so that the last byte stays).")
  private @Nullable String unique;

  @Option(
      names = "--fix-checksums",
      description =
          "Computes checksums anew, so that wrong ones become right (default: those that were wrong"
              + " stay wrong).")
  private boolean fixChecksums;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayRewriteOptions() {}

  /**
   * For a player of an appliance; nothing if nothing is changed.
   *
   * @throws IllegalArgumentException if a value makes no sense; the message is for people
   */
  Optional<ReplayRewriting> order() {
    ReplayRewriting order =
        new ReplayRewriting(
            sourceMac,
            destinationMac,
            given(macs),
            given(addresses),
            given(sources),
            given(destinations),
            given(ports),
            vlan,
            hopLimit,
            dscp,
            unique,
            fixChecksums ? true : null);
    return order.equals(ReplayRewriting.NONE) ? Optional.empty() : Optional.of(order);
  }

  private static @Nullable List<String> given(List<String> rules) {
    return rules.isEmpty() ? null : rules;
  }

  /**
   * For a player here.
   *
   * @throws IllegalArgumentException if a value makes no sense; the message is for people
   */
  RewriteSettings settings() {
    RewriteSettings.Builder settings = RewriteSettings.builder().fixChecksums(fixChecksums);
    if (sourceMac != null) {
      settings.sourceMac(MacPair.parse(sourceMac));
    }
    if (destinationMac != null) {
      settings.destinationMac(MacPair.parse(destinationMac));
    }
    macs.forEach(text -> settings.mapMacs(MacMapping.parseAll(text)));
    addresses.forEach(text -> settings.mapAddresses(AddressMapping.parseAll(text)));
    sources.forEach(text -> settings.mapSources(AddressMapping.parseAll(text)));
    destinations.forEach(text -> settings.mapDestinations(AddressMapping.parseAll(text)));
    ports.forEach(text -> settings.mapPorts(PortMapping.parseAll(text)));
    if (vlan != null) {
      settings.vlan(VlanChange.parse(vlan));
    }
    if (hopLimit != null) {
      settings.hopLimit(HopLimitChange.parse(hopLimit));
    }
    if (dscp != null) {
      settings.dscp(Dscp.parse(dscp));
    }
    if (unique != null) {
      settings.unique(UniqueAddresses.parse(unique));
    }
    return settings.build();
  }
}
