package io.tapdeck.web.starter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** The words of a message, taken one after the other. */
final class Words {
  private final List<String> words;
  private int next;

  Words(Message message) {
    words = message.words();
    next = 1;
  }

  boolean hasMore() {
    return next < words.size();
  }

  /**
   * The next one.
   *
   * @throws IllegalArgumentException if there is none
   */
  String text() {
    if (!hasMore()) {
      throw new IllegalArgumentException("there are too few words");
    }
    return words.get(next++);
  }

  boolean flag() {
    return switch (text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("that is neither true nor false");
    };
  }

  int number() {
    return Integer.parseInt(text());
  }

  UUID id() {
    String text = text();
    UUID id = UUID.fromString(text);
    if (!id.toString().equals(text)) {
      throw new IllegalArgumentException("that is no id");
    }
    return id;
  }

  /** One that is empty for nothing. */
  <T> Optional<T> maybe(Function<String, T> form) {
    return Optional.of(text()).filter(word -> !word.isEmpty()).map(form);
  }

  /** So many, whose number stands before them. */
  List<String> list() {
    int count = number();
    if (count < 0 || count > words.size() - next) {
      throw new IllegalArgumentException("there are too few words");
    }
    List<String> list = List.copyOf(words.subList(next, next + count));
    next += count;
    return list;
  }

  static void add(List<String> to, List<String> list) {
    to.add(Integer.toString(list.size()));
    to.addAll(list);
  }

  static <T> String of(Optional<T> value) {
    return value.map(Object::toString).orElse("");
  }

  static List<String> begin(String name) {
    return new ArrayList<>(List.of(name));
  }
}
