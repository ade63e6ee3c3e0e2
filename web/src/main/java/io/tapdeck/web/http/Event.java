package io.tapdeck.web.http;

import java.nio.charset.StandardCharsets;

/** A server-sent event as it goes out, written down once for all who hear it. */
public final class Event {
  private final String id;
  private final byte[] text;

  private Event(String id, byte[] text) {
    this.id = id;
    this.text = text;
  }

  /**
   * Makes one without an id.
   *
   * @param name one word of ours
   * @param data becomes JSON
   */
  public static Event of(String name, Object data) {
    String text =
        "event: " + name + "\ndata: " + new String(Json.write(data), StandardCharsets.UTF_8);
    return new Event("", (text + "\n\n").getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The same under an id.
   *
   * @param word one word of ours
   */
  public Event as(String word) {
    return new Event(word, text);
  }

  /** What who connects anew tells in {@code Last-Event-ID}; empty if it has none. */
  public String id() {
    return id;
  }

  /** The line before the text; empty if it has no id. */
  byte[] idLine() {
    return id.isEmpty() ? new byte[0] : ("id: " + id + "\n").getBytes(StandardCharsets.UTF_8);
  }

  byte[] text() {
    return text;
  }
}
