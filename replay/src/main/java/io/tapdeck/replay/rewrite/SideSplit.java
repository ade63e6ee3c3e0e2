package io.tapdeck.replay.rewrite;

import java.util.List;

/** How the two sides of conversations are told apart; {@link Sides} says what each way means. */
public sealed interface SideSplit {
  /** They are not: everybody is a client. */
  record None() implements SideSplit {}

  /** Whose addresses are among these is a server, all others are clients. */
  record Servers(List<Prefix> prefixes) implements SideSplit {
    public Servers {
      prefixes = List.copyOf(prefixes);
    }
  }

  /** Whose addresses are among these is a client, all others are servers. */
  record Clients(List<Prefix> prefixes) implements SideSplit {
    public Clients {
      prefixes = List.copyOf(prefixes);
    }
  }

  /** Who has the lower port is the server. */
  record Ports() implements SideSplit {}

  /** Who begins a conversation is the client. */
  record Automatic() implements SideSplit {}

  /**
   * Reads {@code none}, {@code auto}, {@code port}, {@code servers=PREFIX,...} or {@code
   * clients=PREFIX,...}.
   *
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  static SideSplit parse(String text) {
    int equals = text.indexOf('=');
    String prefixes = text.substring(equals + 1);
    return switch (equals < 0 ? text : text.substring(0, equals + 1)) {
      case "none" -> new None();
      case "auto" -> new Automatic();
      case "port" -> new Ports();
      case "servers=" -> new Servers(Prefix.parseAll(prefixes));
      case "clients=" -> new Clients(Prefix.parseAll(prefixes));
      default ->
          throw new IllegalArgumentException(
              "'"
                  + text
                  + "' tells no sides apart: write auto, port, servers=PREFIX or clients=PREFIX,"
                  + " such as servers=10.1.0.0/16");
    };
  }
}
