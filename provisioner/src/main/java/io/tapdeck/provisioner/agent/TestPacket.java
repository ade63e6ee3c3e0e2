package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.FilterAddress;
import io.tapdeck.provisioner.mirror.FilterProtocol;
import io.tapdeck.provisioner.mirror.FilterRule;
import io.tapdeck.provisioner.mirror.IpPrefix;
import io.tapdeck.provisioner.mirror.IpVersion;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A packet for a trace, one that a filter accepts.
 *
 * @param sent whether the guest sends it rather than receives it
 * @param content what a filter looks at; of no protocol that a rule can name, if absent
 */
record TestPacket(boolean sent, Optional<Content> content) {
  /** IEEE 802 local experimental EtherType 1: of no protocol that anybody mirrors. */
  static final String TEST_TYPE = "dl_type=0x88b5";

  /** Of so many it is asked for each rule whether they pass the filter. */
  private static final int MOST = 10_000;

  private static final int FIRST_PORT = 49_152;

  /** Use for experimentation and testing (RFC 3692). */
  private static final int FIRST_PROTOCOL = 253;

  /**
   * A packet of IP, or of ARP.
   *
   * @param protocol as {@link FilterProtocol#number} has it
   */
  record Content(
      int protocol,
      InetAddress source,
      InetAddress destination,
      Optional<Integer> sourcePort,
      Optional<Integer> destinationPort) {
    private boolean isV6() {
      return source instanceof Inet6Address;
    }

    private boolean isArp() {
      return protocol == FilterProtocol.ARP;
    }

    private boolean isMatchedBy(FilterRule rule) {
      boolean sameProtocol =
          rule.protocol()
              .map(known ->
                  known.number() == protocol
                      && known.isOf(isV6() ? IpVersion.IPV6 : IpVersion.IPV4))
              // An address alone is one of IP.
              .orElse(!isArp() || (rule.source().isEmpty() && rule.destination().isEmpty()));
      return sameProtocol
          && is(source, sourcePort, rule.source())
          && is(destination, destinationPort, rule.destination());
    }

    private boolean is(InetAddress address, Optional<Integer> port, Optional<FilterAddress> asked) {
      return asked
              .flatMap(FilterAddress::prefix)
              .map(prefix ->
                  isV6() == (prefix.version() == IpVersion.IPV6)
                      && isIn(prefix, address.getAddress()))
              .orElse(true)
          && asked
              .flatMap(FilterAddress::port)
              .map(known -> port.equals(Optional.of(known)))
              .orElse(true);
    }

    private String text() {
      StringBuilder text = new StringBuilder(isArp() ? "arp" : isV6() ? "ipv6" : "ip");
      if (!isArp()) {
        text.append(",nw_proto=").append(protocol);
      }
      text.append(isArp() ? ",arp_spa=" : isV6() ? ",ipv6_src=" : ",nw_src=")
          .append(source.getHostAddress())
          .append(isArp() ? ",arp_tpa=" : isV6() ? ",ipv6_dst=" : ",nw_dst=")
          .append(destination.getHostAddress());
      sourcePort.ifPresent(port -> text.append(",tp_src=").append(port));
      destinationPort.ifPresent(port -> text.append(",tp_dst=").append(port));
      return text.toString();
    }
  }

  /** As trace takes it, but for what carries it. */
  String text() {
    return content.map(Content::text).orElse(TEST_TYPE);
  }

  /** One that a filter accepts of what a flow of that direction copies, if one is found. */
  static Optional<TestPacket> of(Filter filter, Direction flow) {
    if (filter.isAll()) {
      return Optional.of(new TestPacket(flow.sends(), Optional.empty()));
    }
    for (FilterRule rule : filter.rules()) {
      for (boolean sent : List.of(true, false)) {
        if (rule.accept() && has(rule.direction(), sent) && has(flow, sent)) {
          Optional<TestPacket> packet =
              contents(rule, filter)
                  .limit(MOST)
                  .map(content -> new TestPacket(sent, content))
                  .filter(one -> one.passes(filter))
                  .findFirst();
          if (packet.isPresent()) {
            return packet;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean has(Direction direction, boolean sent) {
    return sent ? direction.sends() : direction.receives();
  }

  private boolean passes(Filter filter) {
    return filter.rules(sent ? Direction.OUT : Direction.IN).stream()
        .filter(this::isMatchedBy)
        .findFirst()
        .filter(FilterRule::accept)
        .isPresent();
  }

  private boolean isMatchedBy(FilterRule rule) {
    return content.isPresent()
        ? content.get().isMatchedBy(rule)
        : rule.protocol().isEmpty() && rule.source().isEmpty() && rule.destination().isEmpty();
  }

  /** Some that a rule matches. What it leaves open is such that few others ask for it. */
  private static Stream<Optional<Content>> contents(FilterRule rule, Filter filter) {
    if (rule.protocol().isEmpty() && rule.source().isEmpty() && rule.destination().isEmpty()) {
      return Stream.of(Optional.empty());
    }
    int protocol =
        rule.protocol()
            .map(FilterProtocol::number)
            .orElseGet(() ->
                free(
                    FIRST_PROTOCOL,
                    filter,
                    one -> one.protocol().map(FilterProtocol::number).stream()));
    boolean ported = rule.protocol().filter(FilterProtocol::hasPorts).isPresent();
    return Stream.of(IpVersion.values())
        .filter(version ->
            rule.protocol().map(known -> known.isOf(version)).orElse(true)
                && ends(rule).flatMap(end -> end.version().stream()).allMatch(version::equals))
        .flatMap(version ->
            addresses(rule.source(), version, filter).stream()
                .flatMap(source ->
                    addresses(rule.destination(), version, filter).stream()
                        .map(destination ->
                            new Content(
                                protocol,
                                source,
                                destination,
                                port(rule.source(), ported, filter),
                                port(rule.destination(), ported, filter)))))
        .map(Optional::of);
  }

  private static Stream<FilterAddress> ends(FilterRule rule) {
    return Stream.concat(rule.source().stream(), rule.destination().stream());
  }

  private static Optional<Integer> port(
      Optional<FilterAddress> asked, boolean ported, Filter filter) {
    if (!ported) {
      return Optional.empty();
    }
    return asked
        .flatMap(FilterAddress::port)
        .or(() ->
            Optional.of(
                free(FIRST_PORT, filter, rule -> ends(rule).flatMap(end -> end.port().stream()))));
  }

  /** The number nearest to that one, downwards, for which no rule asks. */
  private static int free(int first, Filter filter, Function<FilterRule, Stream<Integer>> asked) {
    Set<Integer> taken = new LinkedHashSet<>();
    filter.rules().forEach(rule -> asked.apply(rule).forEach(taken::add));
    return IntStream.iterate(first, number -> number - 1)
        .filter(number -> !taken.contains(number))
        .findFirst()
        .orElse(first);
  }

  /**
   * Some that are asked for: the first and the last, and those that differ from the first, or from
   * the first of what another rule asks for, in one bit.
   */
  private static Set<InetAddress> addresses(
      Optional<FilterAddress> asked, IpVersion version, Filter filter) {
    IpPrefix within =
        asked
            .flatMap(FilterAddress::prefix)
            .orElseGet(() -> IpPrefix.parse(version == IpVersion.IPV4 ? "0.0.0.0/0" : "::/0"));
    byte[] first = bytes(within);
    byte[] last = first.clone();
    Set<InetAddress> addresses = new LinkedHashSet<>();
    addresses.add(address(first));
    for (int bit = version.bits() - 1; bit >= within.length(); bit--) {
      addresses.add(address(flipped(first, bit)));
      last = flipped(last, bit);
    }
    addresses.add(address(last));
    filter.rules().stream()
        .flatMap(TestPacket::ends)
        .flatMap(end -> end.prefix().stream())
        .filter(prefix -> prefix.version() == version && prefix.length() > within.length())
        .map(prefix -> flipped(bytes(prefix), prefix.length() - 1))
        .filter(bytes -> isIn(within, bytes))
        .forEach(bytes -> addresses.add(address(bytes)));
    return addresses;
  }

  private static byte[] bytes(IpPrefix prefix) {
    return InetAddress.ofLiteral(prefix.address()).getAddress();
  }

  private static byte[] flipped(byte[] address, int bit) {
    byte[] other = address.clone();
    other[bit / Byte.SIZE] ^= (byte) (0x80 >> bit % Byte.SIZE);
    return other;
  }

  private static boolean isIn(IpPrefix prefix, byte[] address) {
    byte[] first = bytes(prefix);
    for (int bit = 0; bit < prefix.length(); bit++) {
      if (((first[bit / Byte.SIZE] ^ address[bit / Byte.SIZE]) & 0x80 >> bit % Byte.SIZE) != 0) {
        return false;
      }
    }
    return true;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return bytes.length * Byte.SIZE == IpVersion.IPV4.bits()
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an address of a right length", impossible);
    }
  }
}
