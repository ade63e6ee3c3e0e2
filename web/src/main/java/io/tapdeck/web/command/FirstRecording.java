package io.tapdeck.web.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.tapdeck.web.api.RecordingOrder;
import io.tapdeck.web.job.RecordingRequest;
import io.tapdeck.web.job.RecordingView;
import io.tapdeck.web.job.Recordings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** A recording that is to be there from the appliance's start, as a file describes it. */
record FirstRecording(UUID id, RecordingRequest request) {
  private static final long LARGEST = 64 * 1024;
  private static final String USER = "the command line";
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /**
   * Reads the file.
   *
   * @throws RefusedException if it cannot be read, or does not describe a recording
   */
  static FirstRecording read(Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        throw new RefusedException(file + " is larger than a recording's description can be");
      }
      JsonNode read = JSON.readTree(Files.readAllBytes(file));
      if (!(read instanceof ObjectNode description)) {
        throw new RefusedException(file + " holds no JSON object");
      }
      JsonNode id = description.remove("id");
      if (id == null) {
        throw new RefusedException(file + " does not give the recording's \"id\": a UUID");
      }
      return new FirstRecording(
          UUID.fromString(id.asText()),
          JSON.treeToValue(description, RecordingOrder.class).request());
    } catch (JsonProcessingException malformed) {
      throw new RefusedException(
          file + " does not describe a recording: " + malformed.getOriginalMessage(), malformed);
    } catch (IllegalArgumentException wrong) {
      throw new RefusedException(
          file + " does not describe a recording: " + wrong.getMessage(), wrong);
    } catch (IOException unreadable) {
      throw new RefusedException(
          "cannot read " + file + ": " + unreadable.getMessage(), unreadable);
    }
  }

  /** Starts it, unless it is there already. */
  RecordingView start(Recordings recordings) throws IOException, InterruptedException {
    if (recordings.find(id).isPresent()) {
      return recordings.find(id).get();
    }
    return recordings.create(id, request, USER).view();
  }
}
