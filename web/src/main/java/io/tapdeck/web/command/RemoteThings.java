package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapdeck.web.client.ApplianceRefusal;
import io.tapdeck.web.client.RemoteAppliance;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What an appliance tells of its recordings and replays, for people and for machines. */
final class RemoteThings {
  private static final double PERCENT = 100;

  private RemoteThings() {}

  /** The one of an id or a name; more than one of a name is refused. */
  static JsonNode find(RemoteAppliance appliance, String kind, String nameField, String idOrName)
      throws IOException, ApplianceRefusal, InterruptedException {
    List<JsonNode> found =
        stream(appliance.get("/" + kind + "s"))
            .filter(one ->
                one.path("id").asText().equalsIgnoreCase(idOrName)
                    || one.path(nameField).asText().equals(idOrName))
            .toList();
    if (found.isEmpty()) {
      throw new RefusedException(
          "the appliance has no %s '%s': see 'tapdeck %s-list'".formatted(kind, idOrName, kind));
    }
    if (found.size() > 1) {
      throw new RefusedException(
          "%d %ss are called '%s': give the id, one of %s"
              .formatted(
                  found.size(),
                  kind,
                  idOrName,
                  found.stream()
                      .map(one -> one.path("id").asText())
                      .collect(Collectors.joining(", "))));
    }
    return found.getFirst();
  }

  static JsonNode recording(RemoteAppliance appliance, String idOrName)
      throws IOException, ApplianceRefusal, InterruptedException {
    return find(appliance, "recording", "name", idOrName);
  }

  static JsonNode replay(RemoteAppliance appliance, String idOrName)
      throws IOException, ApplianceRefusal, InterruptedException {
    return find(appliance, "replay", "recordingName", idOrName);
  }

  /**
   * The id of a thing, to ask more about it.
   *
   * @throws IOException if it is none
   */
  static UUID id(JsonNode thing) throws IOException {
    try {
      return UUID.fromString(thing.path("id").asText());
    } catch (IllegalArgumentException none) {
      throw new IOException("the appliance tells an id that is none", none);
    }
  }

  /** The elements of a list. */
  static Stream<JsonNode> stream(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  /** As it was told. */
  static Map<String, Object> whole(JsonNode thing) {
    Map<String, Object> fields = new LinkedHashMap<>();
    thing.properties().forEach(entry -> fields.put(entry.getKey(), entry.getValue()));
    return fields;
  }

  /** What people want to know of a recording. */
  static Map<String, Object> recordingWords(JsonNode recording) {
    JsonNode figures = recording.path("figures");
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("name", recording.path("name").asText());
    words.put("state", recording.path("state").asText());
    words.put("interface", place(recording));
    words.put("filter", recording.path("filter").asText());
    words.put("received", figures.path("received").asLong());
    words.put("written", figures.path("written").asLong());
    words.put(
        "dropped",
        figures.path("droppedKernel").asLong() + figures.path("droppedInterface").asLong());
    words.put("files", recording.path("segments").path("count").asLong());
    words.put("started", text(recording.path("startedAt")));
    words.put("ended", text(recording.path("endedAt")));
    words.put("reason", recording.path("reason").asText());
    words.put("id", recording.path("id").asText());
    return words;
  }

  /** What people want to know of a replay. */
  static Map<String, Object> replayWords(JsonNode replay) {
    JsonNode figures = replay.path("figures");
    JsonNode position = figures.path("position");
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("recording", replay.path("recordingName").asText());
    words.put("state", replay.path("state").asText());
    words.put("interface", place(replay));
    words.put("sent", figures.path("sent").asLong());
    words.put("skipped", figures.path("skipped").asLong());
    words.put("failed", figures.path("failed").asLong());
    words.put("done", position.isNumber() ? Math.round(position.asDouble() * PERCENT) + " %" : "-");
    words.put("by", replay.path("createdBy").asText());
    words.put("reason", replay.path("reason").asText());
    words.put("id", replay.path("id").asText());
    return words;
  }

  private static String place(JsonNode thing) {
    String netns = text(thing.path("netns"));
    String name = text(thing.path("interface"));
    return netns.isEmpty() ? name : name + "@" + netns;
  }

  private static String text(JsonNode value) {
    return value.isNull() ? "" : value.asText();
  }
}
