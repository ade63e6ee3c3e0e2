package io.tapdeck.capture.find;

import io.tapdeck.capture.dissect.Address;
import io.tapdeck.capture.index.Chapter;
import io.tapdeck.capture.index.IndexFile;
import io.tapdeck.capture.index.TermKind;
import io.tapdeck.capture.index.Terms;
import io.tapdeck.capture.query.Expression;
import java.io.IOException;
import java.util.List;

/**
 * Where packets can be that an expression holds for, according to an index. It errs to one side:
 * where it says they are not, they are not.
 *
 * <p>That something is not so can be of any block in which it is so of another packet, so nothing
 * is known of it; what is not within "not" narrows all the same.
 */
final class Narrowing {
  private static final int PREFIX_V6 = 64;

  private Narrowing() {}

  /** Whether the segment can have one at all. */
  static boolean mayHold(Expression expression, IndexFile index) throws IOException {
    return switch (expression) {
      case Expression.And(var terms) -> mayHoldAll(terms, index);
      case Expression.Or(var terms) -> mayHoldAny(terms, index);
      case Expression.Host(var address) -> mayHold(address, index);
      case Expression.Net net -> mayHold(net, index);
      case Expression.Port(int first, int last) ->
          first != last || index.mayHold(TermKind.PORT, first);
      case Expression.Proto(var protocol) -> index.mayHold(TermKind.PROTOCOL, protocol.number());
      case Expression.Vlan(int id) -> index.mayHold(TermKind.VLAN, id);
      case Expression.Key(long key) -> index.mayHold(TermKind.KEY, (int) key);
      case Expression.Conversation(var one, var other) ->
          mayHold(one.address(), index)
              && mayHold(other.address(), index)
              && (one.port().isEmpty()
                  || other.port().isEmpty()
                  || index.mayHold(TermKind.CONVERSATION, term(one, other)));
      case Expression.Not _, Expression.All _ -> true;
    };
  }

  private static boolean mayHoldAll(List<Expression> terms, IndexFile index) throws IOException {
    for (Expression term : terms) {
      if (!mayHold(term, index)) {
        return false;
      }
    }
    return true;
  }

  private static boolean mayHoldAny(List<Expression> terms, IndexFile index) throws IOException {
    for (Expression term : terms) {
      if (mayHold(term, index)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayHold(Expression.Net net, IndexFile index) throws IOException {
    Address address = net.address();
    if (net.length() == address.bits()) {
      return mayHold(address, index);
    }
    return address.version() == 4
        || net.length() < PREFIX_V6
        || index.mayHold(TermKind.NET_V6, Terms.netV6(address.high()));
  }

  private static boolean mayHold(Address address, IndexFile index) throws IOException {
    return index.mayHold(kind(address), term(address));
  }

  private static TermKind kind(Address address) {
    return address.version() == 4 ? TermKind.HOST_V4 : TermKind.HOST_V6;
  }

  private static int term(Address address) {
    return address.version() == 4
        ? (int) address.low()
        : Terms.hostV6(address.high(), address.low());
  }

  /** Of two ends with ports. */
  private static int term(Expression.End one, Expression.End other) {
    return Terms.conversation(
        one.address().high(),
        one.address().low(),
        one.port().orElseThrow(),
        other.address().high(),
        other.address().low(),
        other.port().orElseThrow());
  }

  /** The blocks of a chapter that can have one. */
  static long blocks(Expression expression, Chapter chapter) throws IOException {
    return switch (expression) {
      case Expression.And(var terms) -> {
        long blocks = chapter.all();
        for (int i = 0; i < terms.size() && blocks != 0; i++) {
          blocks &= blocks(terms.get(i), chapter);
        }
        yield blocks;
      }
      case Expression.Or(var terms) -> {
        long blocks = 0;
        for (int i = 0; i < terms.size() && blocks != chapter.all(); i++) {
          blocks |= blocks(terms.get(i), chapter);
        }
        yield blocks;
      }
      case Expression.Host(var address) -> chapter.find(kind(address), term(address));
      case Expression.Net net -> ofNet(net, chapter);
      case Expression.Port(int first, int last) -> chapter.find(TermKind.PORT, first, last);
      case Expression.Proto(var protocol) -> chapter.find(TermKind.PROTOCOL, protocol.number());
      case Expression.Vlan(int id) -> chapter.find(TermKind.VLAN, id);
      case Expression.Key(long key) -> chapter.find(TermKind.KEY, (int) key);
      case Expression.Conversation conversation -> ofConversation(conversation, chapter);
      case Expression.Not _, Expression.All _ -> chapter.all();
    };
  }

  private static long ofNet(Expression.Net net, Chapter chapter) throws IOException {
    Address address = net.address();
    if (address.version() == 4) {
      int from = (int) address.low();
      int others = net.length() == 0 ? -1 : (1 << (Address.BITS_V4 - net.length())) - 1;
      return chapter.find(TermKind.HOST_V4, from, from | others);
    }
    if (net.length() == Address.BITS_V6) {
      return chapter.find(TermKind.HOST_V6, term(address));
    }
    return net.length() < PREFIX_V6
        ? chapter.all()
        : chapter.find(TermKind.NET_V6, Terms.netV6(address.high()));
  }

  private static long ofConversation(Expression.Conversation said, Chapter chapter)
      throws IOException {
    long blocks = chapter.all();
    if (said.one().port().isPresent() && said.other().port().isPresent()) {
      blocks &= chapter.find(TermKind.CONVERSATION, term(said.one(), said.other()));
    }
    for (Expression.End end : new Expression.End[] {said.one(), said.other()}) {
      if (blocks != 0) {
        blocks &= chapter.find(kind(end.address()), term(end.address()));
      }
      if (blocks != 0 && end.port().isPresent()) {
        int port = end.port().getAsInt();
        blocks &= chapter.find(TermKind.PORT, port);
      }
    }
    return blocks;
  }
}
