package io.tapdeck.capture.query;

import io.tapdeck.capture.dissect.Address;
import io.tapdeck.capture.dissect.LayeredPacket;
import io.tapdeck.capture.dissect.LayeredPacket.Fact;
import io.tapdeck.capture.dissect.Protocol;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;

/** What expressions mean, in the plainest words, and random ones. */
public final class PlainMeaning {
  private PlainMeaning() {}

  /** Whether it holds for a packet of which that is true. */
  public static boolean holds(Expression expression, List<Fact> facts) {
    return switch (expression) {
      case Expression.All() -> true;
      case Expression.And(var terms) -> terms.stream().allMatch(term -> holds(term, facts));
      case Expression.Or(var terms) -> terms.stream().anyMatch(term -> holds(term, facts));
      case Expression.Not(var term) -> !holds(term, facts);
      case Expression.Host(var address) -> addresses(facts).anyMatch(address::equals);
      case Expression.Net net -> addresses(facts).anyMatch(address -> isWithin(address, net));
      case Expression.Port(int first, int last) ->
          of(facts, Fact.Ports.class)
              .flatMap(ports -> Stream.of(ports.source(), ports.destination()))
              .anyMatch(port -> first <= port && port <= last);
      case Expression.Proto(var protocol) ->
          of(facts, Fact.Proto.class)
              .anyMatch(fact -> Protocol.parse(fact.name()).orElseThrow().equals(protocol));
      case Expression.Vlan(int id) -> of(facts, Fact.Vlan.class).anyMatch(tag -> tag.id() == id);
      case Expression.Key(long key) ->
          of(facts, Fact.Key.class).anyMatch(fact -> fact.key() == key);
      case Expression.Conversation(var one, var other) -> talk(facts, one, other);
    };
  }

  private static <T extends Fact> Stream<T> of(List<Fact> facts, Class<T> kind) {
    return facts.stream().filter(kind::isInstance).map(kind::cast);
  }

  private static Stream<Address> addresses(List<Fact> facts) {
    return of(facts, Fact.Network.class)
        .flatMap(network -> Stream.of(network.source(), network.destination()));
  }

  private static boolean isWithin(Address address, Expression.Net net) {
    return address.version() == net.address().version()
        && prefix(address, net.length()).equals(prefix(net.address(), net.length()));
  }

  private static BigInteger prefix(Address address, int length) {
    BigInteger high = new BigInteger(Long.toUnsignedString(address.high())).shiftLeft(64);
    BigInteger all = high.add(new BigInteger(Long.toUnsignedString(address.low())));
    return all.shiftRight(address.bits() - length);
  }

  private static boolean talk(List<Fact> facts, Expression.End one, Expression.End other) {
    List<Fact.Network> networks = of(facts, Fact.Network.class).toList();
    for (int i = 0; i < networks.size(); i++) {
      int number = i;
      String source = networks.get(i).source().toString();
      String destination = networks.get(i).destination().toString();
      String ports =
          of(facts, Fact.Ports.class)
              .filter(fact -> fact.network() == number)
              .map(fact -> fact.source() + " " + fact.destination())
              .findFirst()
              .orElse("- -");
      String said = source + " " + destination + " " + ports;
      if (said.matches(pattern(one, other)) || said.matches(pattern(other, one))) {
        return true;
      }
    }
    return false;
  }

  private static String pattern(Expression.End from, Expression.End to) {
    return "\\Q%s %s\\E %s %s".formatted(from.address(), to.address(), port(from), port(to));
  }

  private static String port(Expression.End end) {
    return end.port().isPresent() ? Integer.toString(end.port().getAsInt()) : "\\S+";
  }

  /**
   * A random expression.
   *
   * @param facts of a packet, some of which it asks for
   */
  public static Expression random(Random random, List<Fact> facts, int depth) {
    if (depth > 0 && random.nextInt(3) > 0) {
      List<Expression> terms = new ArrayList<>();
      for (int i = 0; i < 2 + random.nextInt(2); i++) {
        terms.add(random(random, facts, depth - 1));
      }
      return switch (random.nextInt(3)) {
        case 0 -> new Expression.And(terms);
        case 1 -> new Expression.Or(terms);
        default -> new Expression.Not(terms.getFirst());
      };
    }
    if (facts.isEmpty() || random.nextInt(4) == 0) {
      return other(random);
    }
    return switch (facts.get(random.nextInt(facts.size()))) {
      case Fact.Network network -> ofNetwork(random, network);
      case Fact.Ports ports -> ofPorts(random, ports, facts);
      case Fact.Proto(int _, String name) ->
          new Expression.Proto(Protocol.parse(name).orElseThrow());
      case Fact.Vlan(int _, int id) -> new Expression.Vlan(id);
      case Fact.Key(int _, long key) -> new Expression.Key(key);
    };
  }

  private static Expression other(Random random) {
    return new Expression.Host(LayeredPacket.address(random, random.nextBoolean() ? 4 : 6));
  }

  private static Expression ofNetwork(Random random, Fact.Network network) {
    return switch (random.nextInt(3)) {
      case 0 -> new Expression.Host(network.destination());
      case 1 -> Expression.Net.of(network.source(), random.nextInt(network.source().bits() + 1));
      default ->
          new Expression.Conversation(
              new Expression.End(network.destination(), OptionalInt.empty()),
              new Expression.End(network.source(), OptionalInt.empty()));
    };
  }

  private static Expression ofPorts(Random random, Fact.Ports ports, List<Fact> facts) {
    Fact.Network network =
        of(facts, Fact.Network.class).skip(ports.network()).findFirst().orElseThrow();
    return switch (random.nextInt(3)) {
      case 0 -> new Expression.Port(ports.source(), ports.source());
      case 1 -> new Expression.Port(ports.destination(), ports.destination() + random.nextInt(3));
      default ->
          new Expression.Conversation(
              new Expression.End(network.destination(), OptionalInt.of(ports.destination())),
              new Expression.End(
                  network.source(),
                  random.nextInt(3) == 0 ? OptionalInt.empty() : OptionalInt.of(ports.source())));
    };
  }
}
