package io.tapdeck.replay.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How frames are changed before they are played. Made by {@link #builder}; {@link HeaderRewriter}
 * says what each change means.
 *
 * @param sourceMac what the Ethernet source address becomes
 * @param destinationMac what the Ethernet destination address becomes, if it is not of a group
 * @param macs Ethernet addresses that become others, where the two above do not tell
 * @param sources IP source addresses that become others, by the first that matches
 * @param destinations IP destination addresses that become others, by the first that matches
 * @param ports of TCP, UDP, UDP-Lite, DCCP and SCTP that become others, by the first that matches
 * @param vlan what is done to VLAN tags
 * @param hopLimit what is done to the time to live, or hop limit
 * @param dscp what the DSCP becomes; the ECN bits stay
 * @param unique whose addresses differ from pass to pass
 * @param fixChecksums whether all checksums are computed that can be; else those that were wrong
 *     stay wrong by the same amount
 */
public record RewriteSettings(
    MacPair sourceMac,
    MacPair destinationMac,
    List<MacMapping> macs,
    List<AddressMapping> sources,
    List<AddressMapping> destinations,
    List<PortMapping> ports,
    Optional<VlanChange> vlan,
    Optional<HopLimitChange> hopLimit,
    Optional<Dscp> dscp,
    Optional<UniqueAddresses> unique,
    boolean fixChecksums) {
  /** Frames stay as they are. */
  public static final RewriteSettings NONE = builder().build();

  private static final int MOST_MAPPINGS = 1024;

  /**
   * @throws IllegalArgumentException if there are more mappings than can be looked through for each
   *     frame; the message is for people
   */
  public RewriteSettings {
    macs = List.copyOf(macs);
    sources = List.copyOf(sources);
    destinations = List.copyOf(destinations);
    ports = List.copyOf(ports);
    int most = Math.max(Math.max(macs.size(), sources.size()), destinations.size());
    if (most > MOST_MAPPINGS) {
      throw new IllegalArgumentException(
          "there are " + most + " mappings of addresses; " + MOST_MAPPINGS + " are the most");
    }
  }

  /** Whether anything is changed. */
  public boolean changesAnything() {
    return !equals(NONE);
  }

  /** Whether frames of clients and of servers are changed differently. */
  public boolean differsBySide() {
    return sourceMac.differs()
        || destinationMac.differs()
        || unique.filter(one -> one.whose() == UniqueAddresses.Whose.CLIENTS).isPresent();
  }

  /** Begins with nothing to change. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects settings. */
  public static final class Builder {
    private MacPair sourceMac = MacPair.NONE;
    private MacPair destinationMac = MacPair.NONE;
    private final List<MacMapping> macs = new ArrayList<>();
    private final List<AddressMapping> sources = new ArrayList<>();
    private final List<AddressMapping> destinations = new ArrayList<>();
    private final List<PortMapping> ports = new ArrayList<>();
    private Optional<VlanChange> vlan = Optional.empty();
    private Optional<HopLimitChange> hopLimit = Optional.empty();
    private Optional<Dscp> dscp = Optional.empty();
    private Optional<UniqueAddresses> unique = Optional.empty();
    private boolean fixChecksums;

    private Builder() {}

    /** See {@link RewriteSettings#sourceMac}. */
    public Builder sourceMac(MacPair pair) {
      sourceMac = pair;
      return this;
    }

    /** See {@link RewriteSettings#destinationMac}. */
    public Builder destinationMac(MacPair pair) {
      destinationMac = pair;
      return this;
    }

    /** Adds to {@link RewriteSettings#macs}. */
    public Builder mapMacs(List<MacMapping> mappings) {
      macs.addAll(mappings);
      return this;
    }

    /** Adds to {@link RewriteSettings#sources} and {@link RewriteSettings#destinations}. */
    public Builder mapAddresses(List<AddressMapping> mappings) {
      return mapSources(mappings).mapDestinations(mappings);
    }

    /** Adds to {@link RewriteSettings#sources}. */
    public Builder mapSources(List<AddressMapping> mappings) {
      sources.addAll(mappings);
      return this;
    }

    /** Adds to {@link RewriteSettings#destinations}. */
    public Builder mapDestinations(List<AddressMapping> mappings) {
      destinations.addAll(mappings);
      return this;
    }

    /** Adds to {@link RewriteSettings#ports}. */
    public Builder mapPorts(List<PortMapping> mappings) {
      ports.addAll(mappings);
      return this;
    }

    /** See {@link RewriteSettings#vlan}. */
    public Builder vlan(VlanChange change) {
      vlan = Optional.of(change);
      return this;
    }

    /** See {@link RewriteSettings#hopLimit}. */
    public Builder hopLimit(HopLimitChange change) {
      hopLimit = Optional.of(change);
      return this;
    }

    /** See {@link RewriteSettings#dscp}. */
    public Builder dscp(Dscp codePoint) {
      dscp = Optional.of(codePoint);
      return this;
    }

    /** See {@link RewriteSettings#unique}. */
    public Builder unique(UniqueAddresses addresses) {
      unique = Optional.of(addresses);
      return this;
    }

    /** See {@link RewriteSettings#fixChecksums}. */
    public Builder fixChecksums(boolean fix) {
      fixChecksums = fix;
      return this;
    }

    /** The settings. */
    public RewriteSettings build() {
      return new RewriteSettings(
          sourceMac,
          destinationMac,
          macs,
          sources,
          destinations,
          ports,
          vlan,
          hopLimit,
          dscp,
          unique,
          fixChecksums);
    }
  }
}
