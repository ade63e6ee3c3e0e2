package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.agent.Battery.Content;
import io.tapdeck.provisioner.agent.Battery.Fragment;
import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.FilterAddress;
import io.tapdeck.provisioner.mirror.FilterRule;
import io.tapdeck.provisioner.mirror.IpPrefix;
import java.net.InetAddress;
import java.util.Optional;

/** What filters mean, written down a second time and as simply as can be. */
final class FilterMeaning {
  private FilterMeaning() {}

  static boolean accepts(Filter filter, Direction way, Content content) {
    if (filter.isAll()) {
      return true;
    }
    for (FilterRule rule : filter.rules()) {
      if (rule.direction() != Direction.BOTH && rule.direction() != way) {
        continue;
      }
      if (matches(rule, content)) {
        return rule.accept();
      }
    }
    return false;
  }

  private static boolean matches(FilterRule rule, Content content) {
    boolean ports = hasPort(rule.source()) || hasPort(rule.destination());
    boolean later = content.fragment() == Fragment.LATER;
    if (rule.protocol().isPresent()) {
      int number = rule.protocol().get().number();
      // A later fragment of IPv6 does not say of which protocol it is.
      boolean untold = later && content.version() == 6 && number != Battery.ARP;
      if (untold ? !rule.accept() : content.protocol() != number) {
        return false;
      }
    }
    if (later && ports && !rule.accept()) {
      return false;
    }
    if (content.protocol() == Battery.ARP
        && rule.protocol().isEmpty()
        && (hasPrefix(rule.source()) || hasPrefix(rule.destination()))) {
      // An address alone is one of IP.
      return false;
    }
    return matches(rule.source(), content, content.source(), 0)
        && matches(rule.destination(), content, content.destination(), 1);
  }

  private static boolean hasPrefix(Optional<FilterAddress> address) {
    return address.flatMap(FilterAddress::prefix).isPresent();
  }

  private static boolean hasPort(Optional<FilterAddress> address) {
    return address.flatMap(FilterAddress::port).isPresent();
  }

  private static boolean matches(
      Optional<FilterAddress> asked, Content content, String address, int end) {
    if (asked.isEmpty()) {
      return true;
    }
    Optional<IpPrefix> prefix = asked.get().prefix();
    if (prefix.isPresent() && !isIn(prefix.get(), address)) {
      return false;
    }
    Optional<Integer> port = asked.get().port();
    return port.isEmpty()
        || content.fragment() == Fragment.LATER
        || port.get().equals(content.ports().get(end));
  }

  private static boolean isIn(IpPrefix prefix, String address) {
    if (address.isEmpty()) {
      return false;
    }
    byte[] one = InetAddress.ofLiteral(prefix.address()).getAddress();
    byte[] other = InetAddress.ofLiteral(address).getAddress();
    if (one.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefix.length(); bit++) {
      int mask = 0x80 >> bit % 8;
      if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
