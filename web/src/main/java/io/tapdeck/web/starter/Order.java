package io.tapdeck.web.starter;

import io.tapdeck.capture.os.NetworkNamespace;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** All that the privileged starter can be told to do. */
public sealed interface Order {
  /** Start a recorder or player. */
  record Start(JobOrder job) implements Order {}

  /** Tell all interfaces of the machine. */
  record Interfaces() implements Order {}

  /** Tell of one interface. */
  record Look(String interfaceName, Optional<NetworkNamespace> namespace) implements Order {}

  /** Tell what a recorder would meet. */
  record Examine(
      Optional<String> interfaceName, Optional<NetworkNamespace> namespace, boolean isMeasured)
      implements Order {}

  /** As it is sent. */
  default Message message() {
    return switch (this) {
      case Start(JobOrder job) -> {
        List<String> words = Words.begin(job.kind().command());
        words.add(job.id().toString());
        words.add(Words.of(job.source()));
        Words.add(words, job.segments());
        Words.add(words, job.options());
        yield new Message(words);
      }
      case Interfaces _ -> Message.of("interfaces");
      case Look(String name, Optional<NetworkNamespace> namespace) ->
          Message.of("look", name, Words.of(namespace.map(NetworkNamespace::name)));
      case Examine(
              Optional<String> name,
              Optional<NetworkNamespace> namespace,
              boolean isMeasured) ->
          Message.of(
              "examine",
              Words.of(name),
              Words.of(namespace.map(NetworkNamespace::name)),
              Boolean.toString(isMeasured));
    };
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none; the message says what is wrong with it
   */
  static Order of(Message message) {
    Words words = new Words(message);
    Order order =
        switch (message.name()) {
          case "record" -> new Start(job(JobKind.RECORD, words));
          case "replay" -> new Start(job(JobKind.REPLAY, words));
          case "interfaces" -> new Interfaces();
          case "look" -> new Look(interfaceName(words.text()), words.maybe(Order::namespace));
          case "examine" ->
              new Examine(
                  words.maybe(Order::interfaceName), words.maybe(Order::namespace), words.flag());
          default -> throw new IllegalArgumentException("there is no such order");
        };
    if (words.hasMore()) {
      throw new IllegalArgumentException("there are too many words");
    }
    return order;
  }

  private static JobOrder job(JobKind kind, Words words) {
    UUID id = words.id();
    Optional<UUID> source = words.maybe(UUID::fromString);
    List<String> segments = words.list();
    return new JobOrder(kind, id, words.list(), source, segments);
  }

  private static String interfaceName(String name) {
    if (!JobOption.isInterface(name)) {
      throw new IllegalArgumentException("that is no name of an interface");
    }
    return name;
  }

  private static NetworkNamespace namespace(String name) {
    if (!JobOption.isNamespace(name)) {
      throw new IllegalArgumentException("that is no name of a network namespace");
    }
    return new NetworkNamespace(name);
  }
}
