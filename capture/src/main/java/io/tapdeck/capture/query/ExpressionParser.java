package io.tapdeck.capture.query;

import io.tapdeck.capture.dissect.Address;
import io.tapdeck.capture.dissect.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads expressions:
 *
 * <pre>
 * expression   any { "or" any }                  "or" is also "||"
 * any          one { "and" one }                 "and" is also "&amp;&amp;"
 * one          "not" one | "(" expression ")" | term          "not" is also "!"
 * term         "host" ADDRESS
 *              "net" ADDRESS "/" LENGTH
 *              "port" NUMBER [ "-" NUMBER ]
 *              "proto" NAME | NUMBER             or a protocol's name alone
 *              "vlan" NUMBER
 *              "key" NUMBER
 *              "conversation" END END            END: ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT
 * </pre>
 *
 * Words may be in either case; numbers are decimal, or hexadecimal after 0x. An empty text means
 * every packet.
 */
public final class ExpressionParser {
  /** The most characters of an expression. */
  public static final int LONGEST = 8192;

  /** The most terms of an expression, so that no packet takes long. */
  public static final int MOST_TERMS = 256;

  private static final int DEEPEST = 64;

  private static final List<String> TERMS =
      List.of("host", "net", "port", "proto", "vlan", "key", "conversation");

  /** What a term can begin with. */
  private static final List<String> BEGINNINGS = beginnings();

  private static final Pattern TOKEN = Pattern.compile("[()!]|&&|\\|\\||[^\\s()!&|]+");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,10}|0[xX][0-9a-fA-F]{1,8}");
  private static final Pattern RANGE = Pattern.compile("(\\d{1,5})-(\\d{1,5})");
  private static final Pattern BRACKETED = Pattern.compile("\\[([^\\[\\]]*)](?::(\\d{1,5}))?");
  private static final Pattern DOTTED = Pattern.compile("([0-9.]+)(?::(\\d{1,5}))?");

  private record Token(String text, int position) {}

  private final String text;
  private final List<Token> tokens;
  private int next;
  private int terms;
  private int depth;

  private ExpressionParser(String text, List<Token> tokens) {
    this.text = text;
    this.tokens = tokens;
  }

  private static List<String> beginnings() {
    List<String> all = new ArrayList<>(TERMS);
    all.add("not");
    all.add("(");
    return List.copyOf(all);
  }

  /**
   * Reads an expression.
   *
   * @throws ExpressionException if it is none
   */
  public static Expression parse(String text) throws ExpressionException {
    if (text.length() > LONGEST) {
      throw new ExpressionException(
          LONGEST, "an expression has at most " + LONGEST + " characters", List.of());
    }
    ExpressionParser parser = new ExpressionParser(text, tokens(text));
    if (parser.tokens.isEmpty()) {
      return new Expression.All();
    }
    Expression all = parser.or();
    if (parser.next < parser.tokens.size()) {
      throw parser.wrong(List.of("and", "or"));
    }
    return all;
  }

  private static List<Token> tokens(String text) throws ExpressionException {
    List<Token> tokens = new ArrayList<>();
    Matcher token = TOKEN.matcher(text);
    int end = 0;
    while (token.find()) {
      requireBlank(text, end, token.start());
      tokens.add(new Token(token.group(), token.start()));
      end = token.end();
    }
    requireBlank(text, end, text.length());
    return tokens;
  }

  private static void requireBlank(String text, int from, int to) throws ExpressionException {
    for (int i = from; i < to; i++) {
      if (!Character.isWhitespace(text.charAt(i))) {
        List<String> expected = text.charAt(i) == '&' ? List.of("&&") : List.of("||");
        throw new ExpressionException(
            i,
            "'%s' is written twice: %s".formatted(text.charAt(i), expected.getFirst()),
            expected);
      }
    }
  }

  private Expression or() throws ExpressionException {
    List<Expression> any = new ArrayList<>();
    do {
      any.add(and());
    } while (takeWord("or", "||"));
    return any.size() == 1 ? any.getFirst() : new Expression.Or(any);
  }

  private Expression and() throws ExpressionException {
    List<Expression> all = new ArrayList<>();
    do {
      all.add(one());
    } while (takeWord("and", "&&"));
    return all.size() == 1 ? all.getFirst() : new Expression.And(all);
  }

  private Expression one() throws ExpressionException {
    int position = position();
    depth++;
    if (depth > DEEPEST) {
      throw new ExpressionException(position, "too much is within each other", List.of());
    }
    Expression one;
    if (takeWord("not", "!")) {
      one = new Expression.Not(one());
    } else if (takeWord("(", "(")) {
      one = or();
      if (!takeWord(")", ")")) {
        throw wrong(List.of("and", "or", ")"));
      }
    } else {
      one = term();
    }
    depth--;
    return one;
  }

  private Expression term() throws ExpressionException {
    if (next == tokens.size()) {
      throw wrong(BEGINNINGS);
    }
    Token word = tokens.get(next);
    terms++;
    if (terms > MOST_TERMS) {
      throw new ExpressionException(
          word.position(), "an expression has at most " + MOST_TERMS + " terms", List.of());
    }
    next++;
    return switch (word.text().toLowerCase(Locale.ROOT)) {
      case "host" -> new Expression.Host(address(take("<address>"), "<address>"));
      case "net" -> net(take("<network>"));
      case "port" -> port(take("<port>"));
      case "proto" -> proto(take("<protocol>"));
      case "vlan" ->
          new Expression.Vlan((int) number(take("<vlan>"), Expression.Vlan.LARGEST, "<vlan>"));
      case "key" -> new Expression.Key(number(take("<key>"), Expression.Key.LARGEST, "<key>"));
      case "conversation" -> conversation();
      default -> {
        Optional<Protocol> named =
            Character.isLetter(word.text().charAt(0)) || word.text().equalsIgnoreCase("6in4")
                ? Protocol.parse(word.text())
                : Optional.empty();
        if (named.isEmpty()) {
          next--;
          throw wrong(BEGINNINGS);
        }
        yield new Expression.Proto(named.get());
      }
    };
  }

  private Expression net(Token token) throws ExpressionException {
    int slash = token.text().indexOf('/');
    Optional<Address> address =
        Address.parse(slash < 0 ? token.text() : token.text().substring(0, slash));
    if (address.isEmpty()) {
      throw none(token, "a network, such as 10.1.0.0/16 or 2001:db8::/32", "<network>");
    }
    int bits = address.get().bits();
    int length = bits;
    if (slash >= 0) {
      String digits = token.text().substring(slash + 1);
      length = digits.matches("\\d{1,3}") ? Integer.parseInt(digits) : -1;
      if (length < 0 || length > bits) {
        throw none(token, "a network: the length is 0 to " + bits, "<network>");
      }
    }
    Expression.Net net = Expression.Net.of(address.get(), length);
    if (!net.address().equals(address.get())) {
      throw new ExpressionException(
          token.position(),
          "'%s' has bits after the first %d: write %s/%d, or host %s"
              .formatted(token.text(), length, net.address(), length, address.get()),
          List.of(net.address() + "/" + length));
    }
    return net;
  }

  private static Expression port(Token token) throws ExpressionException {
    Matcher range = RANGE.matcher(token.text());
    if (range.matches()) {
      int first = Integer.parseInt(range.group(1));
      int last = Integer.parseInt(range.group(2));
      if (last < first || last > Expression.Port.LARGEST) {
        throw none(token, "a range of ports: 0 to 65535, the smaller first", "<port>");
      }
      return new Expression.Port(first, last);
    }
    int port = (int) number(token, Expression.Port.LARGEST, "<port>");
    return new Expression.Port(port, port);
  }

  private static Expression proto(Token token) throws ExpressionException {
    Optional<Protocol> protocol = Protocol.parse(token.text());
    if (protocol.isEmpty()) {
      List<String> names = new ArrayList<>();
      Protocol.names().forEach(names::add);
      throw new ExpressionException(
          token.position(),
          "'%s' is not a protocol: write a number from 0 to 255, or %s"
              .formatted(token.text(), String.join(", ", names)),
          names);
    }
    return new Expression.Proto(protocol.get());
  }

  private Expression conversation() throws ExpressionException {
    Expression.End one = end(take("<address:port>"));
    Token second = take("<address:port>");
    Expression.End other = end(second);
    if (one.address().version() != other.address().version()) {
      throw none(
          second,
          "of the other end's version of IP: both are IPv4, or both IPv6",
          "<address:port>");
    }
    return new Expression.Conversation(one, other);
  }

  private static Expression.End end(Token token) throws ExpressionException {
    String host = token.text();
    String port = null;
    for (Pattern form : List.of(BRACKETED, DOTTED)) {
      Matcher matcher = form.matcher(token.text());
      if (matcher.matches()) {
        host = matcher.group(1);
        port = matcher.group(2);
      }
    }
    Optional<Address> address = Address.parse(host);
    int number = port == null ? 0 : Integer.parseInt(port);
    if (address.isEmpty() || number > Expression.Port.LARGEST) {
      throw none(
          token,
          "an end of a conversation: write 10.1.0.7:443, [2001:db8::7]:443, or an address alone",
          "<address:port>");
    }
    return new Expression.End(
        address.get(), port == null ? OptionalInt.empty() : OptionalInt.of(number));
  }

  private static Address address(Token token, String what) throws ExpressionException {
    Optional<Address> address = Address.parse(token.text());
    if (address.isEmpty()) {
      throw none(token, "an IP address (names are not looked up)", what);
    }
    return address.get();
  }

  private static long number(Token token, long largest, String what) throws ExpressionException {
    if (NUMBER.matcher(token.text()).matches()) {
      long number = Long.decode(decimal(token.text()));
      if (number <= largest) {
        return number;
      }
    }
    throw none(token, "a number from 0 to " + largest, what);
  }

  /** Without the leading zeros that would make it octal. */
  private static String decimal(String number) {
    return number.length() > 1 && Character.toLowerCase(number.charAt(1)) == 'x'
        ? number
        : Long.toString(Long.parseLong(number));
  }

  private static ExpressionException none(Token token, String what, String expected) {
    return new ExpressionException(
        token.position(), "'%s' is not %s".formatted(token.text(), what), List.of(expected));
  }

  private Token take(String what) throws ExpressionException {
    if (next == tokens.size()) {
      throw wrong(List.of(what));
    }
    return tokens.get(next++);
  }

  private boolean takeWord(String word, String sign) {
    boolean isIt =
        next < tokens.size()
            && (tokens.get(next).text().equalsIgnoreCase(word)
                || tokens.get(next).text().equals(sign));
    if (isIt) {
      next++;
    }
    return isIt;
  }

  private int position() {
    return next < tokens.size() ? tokens.get(next).position() : text.length();
  }

  private ExpressionException wrong(List<String> expected) {
    String there =
        next < tokens.size()
            ? "'" + tokens.get(next).text() + "' is not expected"
            : "it ends early";
    return new ExpressionException(
        position(), "%s: write %s".formatted(there, String.join(", ", expected)), expected);
  }
}
