package io.tapdeck.web.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** What an appliance tells in {@code /events}, until either side ends it. */
final class HeardEvents implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Heard> all = new CopyOnWriteArrayList<>();
  private final Thread reader;

  /** An event; its id is empty if it has none. */
  record Heard(String name, String id, JsonNode data) {}

  /** Begins to listen. */
  HeardEvents(HttpRequest request) {
    reader = Thread.ofVirtual().start(() -> read(request));
  }

  private void read(HttpRequest request) {
    try (Stream<String> lines = http.send(request, BodyHandlers.ofLines()).body()) {
      String name = "";
      String id = "";
      for (String line : (Iterable<String>) lines::iterator) {
        if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          all.add(new Heard(name, id, JSON.readTree(line.substring(6))));
          id = "";
        }
      }
    } catch (IOException | UncheckedIOException ended) {
      // The appliance was killed, or nobody listens any more.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All so far, in order. */
  List<Heard> all() {
    return List.copyOf(all);
  }

  /** Those of a name. */
  List<Heard> of(String name) {
    return all.stream().filter(one -> one.name().equals(name)).toList();
  }

  /** The id of the last event that has one. */
  String lastId() {
    return all.stream().map(Heard::id).filter(id -> !id.isEmpty()).toList().getLast();
  }

  boolean isOver() {
    return !reader.isAlive();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
