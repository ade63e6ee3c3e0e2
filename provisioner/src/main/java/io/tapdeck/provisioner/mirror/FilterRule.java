package io.tapdeck.provisioner.mirror;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One rule of a {@link Filter}, written {@code accept|reject [in|out] [proto P] [src CIDR[:PORT]]
 * [dst CIDR[:PORT]]}. It looks through a VLAN tag, not into tunnels.
 *
 * @param direction as the guest sees it; both if none was given
 * @param protocol any, if absent
 */
public record FilterRule(
    boolean accept,
    Direction direction,
    Optional<FilterProtocol> protocol,
    Optional<FilterAddress> source,
    Optional<FilterAddress> destination) {
  private static final int LONGEST = 256;

  public FilterRule {
    boolean ports = hasPort(source) || hasPort(destination);
    if (ports && !protocol.map(FilterProtocol::hasPorts).orElse(false)) {
      throw new IllegalArgumentException("a port needs proto tcp, udp or sctp");
    }
    if (!sameVersion(source, destination)) {
      throw new IllegalArgumentException("src and dst are of different versions of IP");
    }
    Optional<FilterAddress> any = source.or(() -> destination);
    protocol.ifPresent(known ->
        any.flatMap(FilterAddress::version)
            .filter(version -> !known.isOf(version))
            .ifPresent(version -> {
              throw new IllegalArgumentException(
                  "proto " + known.word() + " does not go with an address of " + version.word());
            }));
  }

  private static boolean hasPort(Optional<FilterAddress> address) {
    return address.flatMap(FilterAddress::port).isPresent();
  }

  private static boolean sameVersion(Optional<FilterAddress> one, Optional<FilterAddress> other) {
    Optional<IpVersion> first = one.flatMap(FilterAddress::version);
    Optional<IpVersion> second = other.flatMap(FilterAddress::version);
    return first.isEmpty() || second.isEmpty() || first.equals(second);
  }

  /**
   * Reads a rule.
   *
   * @throws IllegalArgumentException if it is none; the message is a sentence
   */
  public static FilterRule parse(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("a filter rule has at most " + LONGEST + " characters");
    }
    try {
      return parse(new ArrayDeque<>(List.of(text.strip().split("\\s+", -1))));
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no filter rule: "
              + malformed.getMessage()
              + "; write 'accept|reject [in|out] [proto P] [src CIDR[:PORT]] [dst CIDR[:PORT]]'",
          malformed);
    }
  }

  private static FilterRule parse(Deque<String> words) {
    boolean accept =
        switch (words.pop()) {
          case "accept" -> true;
          case "reject" -> false;
          default -> throw new IllegalArgumentException("it begins with accept or reject");
        };
    Direction direction = Direction.BOTH;
    if ("in".equals(words.peek()) || "out".equals(words.peek())) {
      direction = Direction.valueOf(words.pop().toUpperCase(Locale.ROOT));
    }
    Optional<FilterProtocol> protocol = after("proto", words).map(FilterProtocol::parse);
    Optional<FilterAddress> source = after("src", words).map(FilterAddress::parse);
    Optional<FilterAddress> destination = after("dst", words).map(FilterAddress::parse);
    if (!words.isEmpty()) {
      throw new IllegalArgumentException("'" + words.peek() + "' was not expected there");
    }
    return new FilterRule(accept, direction, protocol, source, destination);
  }

  private static Optional<String> after(String keyword, Deque<String> words) {
    if (!keyword.equals(words.peek())) {
      return Optional.empty();
    }
    words.pop();
    if (words.isEmpty()) {
      throw new IllegalArgumentException("something must follow " + keyword);
    }
    return Optional.of(words.pop());
  }

  /** As it is written, in one way only. */
  public String text() {
    StringBuilder text = new StringBuilder(accept ? "accept" : "reject");
    if (direction != Direction.BOTH) {
      text.append(' ').append(direction.name().toLowerCase(Locale.ROOT));
    }
    protocol.ifPresent(known -> text.append(" proto ").append(known.word()));
    source.ifPresent(address -> text.append(" src ").append(address.text()));
    destination.ifPresent(address -> text.append(" dst ").append(address.text()));
    return text.toString();
  }
}
