package io.tapdeck.web.http;

import java.nio.charset.StandardCharsets;

/** A server-sent event as it goes out, written down once for all who hear it. */
public final class Event {
  private final byte[] text;

  private Event(byte[] text) {
    this.text = text;
  }

  /**
   * Makes one.
   *
   * @param name one word of ours
   * @param data becomes JSON
   */
  public static Event of(String name, Object data) {
    String text =
        "event: " + name + "\ndata: " + new String(Json.write(data), StandardCharsets.UTF_8);
    return new Event((text + "\n\n").getBytes(StandardCharsets.UTF_8));
  }

  byte[] text() {
    return text;
  }
}
