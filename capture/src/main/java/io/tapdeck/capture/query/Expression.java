package io.tapdeck.capture.query;

import io.tapdeck.capture.dissect.Address;
import io.tapdeck.capture.dissect.Headers;
import io.tapdeck.capture.dissect.Protocol;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * What is asked of a packet. A term is about all of its headers, outer and inner ones: it holds if
 * it holds for any. Nothing is allocated to find out.
 *
 * <p>{@code toString} is what {@link ExpressionParser} reads as the same.
 */
public sealed interface Expression {
  /** Whether it holds for a packet. */
  boolean matches(Headers headers);

  /** Every packet. */
  record All() implements Expression {
    @Override
    public boolean matches(Headers headers) {
      return true;
    }

    @Override
    public String toString() {
      return "";
    }
  }

  /** All of several, at least two. */
  record And(List<Expression> terms) implements Expression {
    public And {
      terms = List.copyOf(terms);
    }

    @Override
    public boolean matches(Headers headers) {
      for (int i = 0; i < terms.size(); i++) {
        if (!terms.get(i).matches(headers)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String toString() {
      return joined(terms, " and ");
    }
  }

  /** Any of several, at least two. */
  record Or(List<Expression> terms) implements Expression {
    public Or {
      terms = List.copyOf(terms);
    }

    @Override
    public boolean matches(Headers headers) {
      for (int i = 0; i < terms.size(); i++) {
        if (terms.get(i).matches(headers)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String toString() {
      return joined(terms, " or ");
    }
  }

  /** What another does not hold for. */
  record Not(Expression term) implements Expression {
    @Override
    public boolean matches(Headers headers) {
      return !term.matches(headers);
    }

    @Override
    public String toString() {
      return "not " + grouped(term);
    }
  }

  /** An address, of source or destination. */
  record Host(Address address) implements Expression {
    @Override
    public boolean matches(Headers headers) {
      for (int i = 0; i < headers.networks(); i++) {
        if (headers.version(i) == address.version()
            && ((headers.sourceLow(i) == address.low() && headers.sourceHigh(i) == address.high())
                || (headers.destinationLow(i) == address.low()
                    && headers.destinationHigh(i) == address.high()))) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String toString() {
      return "host " + address;
    }
  }

  /**
   * Addresses with the same first bits.
   *
   * @param address with no other bit set
   * @param length how many bits, up to all
   */
  record Net(Address address, int length) implements Expression {
    public Net {
      if (length < 0 || length > address.bits()) {
        throw new IllegalArgumentException("a prefix has 0 to %d bits".formatted(address.bits()));
      }
      if ((address.high() & ~highMask(address.version(), length)) != 0
          || (address.low() & ~lowMask(address.version(), length)) != 0) {
        throw new IllegalArgumentException(
            "%s has bits after the first %d".formatted(address, length));
      }
    }

    @Override
    public boolean matches(Headers headers) {
      int version = address.version();
      long highMask = highMask(version, length);
      long lowMask = lowMask(version, length);
      for (int i = 0; i < headers.networks(); i++) {
        if (headers.version(i) == version
            && (((headers.sourceHigh(i) & highMask) == address.high()
                    && (headers.sourceLow(i) & lowMask) == address.low())
                || ((headers.destinationHigh(i) & highMask) == address.high()
                    && (headers.destinationLow(i) & lowMask) == address.low()))) {
          return true;
        }
      }
      return false;
    }

    /** The first address and length that an address with more bits set is within. */
    static Net of(Address any, int length) {
      return new Net(
          new Address(
              any.version(),
              any.high() & highMask(any.version(), length),
              any.low() & lowMask(any.version(), length)),
          length);
    }

    static long highMask(int version, int length) {
      return version == 4 ? 0 : mask(Math.min(length, Long.SIZE), Long.SIZE);
    }

    static long lowMask(int version, int length) {
      return version == 4
          ? mask(length, Address.BITS_V4)
          : mask(Math.max(0, length - Long.SIZE), Long.SIZE);
    }

    /** The first of so many bits. */
    private static long mask(int length, int bits) {
      long all = bits == Long.SIZE ? -1L : (1L << bits) - 1;
      return length == 0 ? 0 : all & (-1L << (bits - length));
    }

    @Override
    public String toString() {
      return "net " + address + "/" + length;
    }
  }

  /**
   * A port, of source or destination, of any protocol that has some.
   *
   * @param first 0 to 65535
   * @param last no less, to 65535
   */
  record Port(int first, int last) implements Expression {
    /** The largest. */
    public static final int LARGEST = 0xFFFF;

    public Port {
      if (first < 0 || last < first || last > LARGEST) {
        throw new IllegalArgumentException("ports are between 0 and 65535, the smaller first");
      }
    }

    @Override
    public boolean matches(Headers headers) {
      for (int i = 0; i < headers.networks(); i++) {
        if (headers.hasPorts(i)
            && (isWithin(headers.sourcePort(i)) || isWithin(headers.destinationPort(i)))) {
          return true;
        }
      }
      return false;
    }

    private boolean isWithin(int port) {
      return port >= first && port <= last;
    }

    @Override
    public String toString() {
      return first == last ? "port " + first : "port " + first + "-" + last;
    }
  }

  /** A protocol. */
  record Proto(Protocol protocol) implements Expression {
    @Override
    public boolean matches(Headers headers) {
      return headers.has(protocol.number());
    }

    @Override
    public String toString() {
      return "proto " + protocol;
    }
  }

  /**
   * A VLAN.
   *
   * @param id 0 to 4095
   */
  record Vlan(int id) implements Expression {
    /** The largest. */
    public static final int LARGEST = 4095;

    public Vlan {
      if (id < 0 || id > LARGEST) {
        throw new IllegalArgumentException("VLANs are between 0 and 4095");
      }
    }

    @Override
    public boolean matches(Headers headers) {
      for (int i = 0; i < headers.vlans(); i++) {
        if (headers.vlan(i) == id) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String toString() {
      return "vlan " + id;
    }
  }

  /**
   * A tunnel's key: of GRE, the network identifier of VXLAN and Geneve, the session of ERSPAN.
   *
   * @param value 32 unsigned bits
   */
  record Key(long value) implements Expression {
    /** The largest. */
    public static final long LARGEST = 0xFFFF_FFFFL;

    public Key {
      if (value < 0 || value > LARGEST) {
        throw new IllegalArgumentException("keys are between 0 and 4294967295");
      }
    }

    @Override
    public boolean matches(Headers headers) {
      for (int i = 0; i < headers.keys(); i++) {
        if (headers.key(i) == value) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String toString() {
      return "key " + value;
    }
  }

  /**
   * An end of a conversation.
   *
   * @param port empty for any, and for none
   */
  record End(Address address, OptionalInt port) {
    private boolean isSource(Headers headers, int network) {
      return headers.sourceLow(network) == address.low()
          && headers.sourceHigh(network) == address.high()
          && (port.isEmpty() || headers.sourcePort(network) == port.getAsInt());
    }

    private boolean isDestination(Headers headers, int network) {
      return headers.destinationLow(network) == address.low()
          && headers.destinationHigh(network) == address.high()
          && (port.isEmpty() || headers.destinationPort(network) == port.getAsInt());
    }

    @Override
    public String toString() {
      if (port.isEmpty()) {
        return address.toString();
      }
      String host = address.version() == 4 ? address.toString() : "[" + address + "]";
      return host + ":" + port.getAsInt();
    }
  }

  /** What two ends, of the same version of IP, say to each other in one header. */
  record Conversation(End one, End other) implements Expression {
    public Conversation {
      if (one.address().version() != other.address().version()) {
        throw new IllegalArgumentException("IPv4 and IPv6 do not talk to each other");
      }
    }

    @Override
    public boolean matches(Headers headers) {
      for (int i = 0; i < headers.networks(); i++) {
        if (headers.version(i) == one.address().version()
            && ((one.isSource(headers, i) && other.isDestination(headers, i))
                || (other.isSource(headers, i) && one.isDestination(headers, i)))) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String toString() {
      return "conversation " + one + " " + other;
    }
  }

  private static String joined(List<Expression> terms, String word) {
    return terms.stream().map(Expression::grouped).collect(Collectors.joining(word));
  }

  private static String grouped(Expression term) {
    return term instanceof And || term instanceof Or ? "(" + term + ")" : term.toString();
  }
}
