package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@code tapdeck record} under way on a host of the lab. */
final class Recording implements AutoCloseable {
  private final Command command;
  private final Path directory;

  private Recording(Command command, Path directory) {
    this.command = command;
    this.directory = directory;
  }

  /** Starts to record; on return the interface is being captured. */
  static Recording start(Lab lab, String node, String nic, Path directory, String... options) {
    List<String> words =
        new ArrayList<>(
            List.of("record", "-i", nic, "--netns", Lab.namespace(node), "-o", "" + directory));
    words.add("--json");
    words.addAll(List.of(options));
    Command command = lab.startTapdeck(words.toArray(String[]::new));
    command.awaitOutput(text -> text.contains("recording on " + nic));
    return new Recording(command, directory);
  }

  /** Waits until it has said something. */
  void awaitSaid(String words) {
    command.awaitOutput(text -> text.contains(words));
  }

  /** Ends it as Ctrl-C does, and answers its summary, whose equation holds. */
  Summary stop() {
    command.signal("INT");
    Command.Result result = command.await();
    assertThat(result.status()).as(result.err()).isZero();
    return Summary.of(result.json(), directory);
  }

  void signal(String name) {
    command.signal(name);
  }

  void kill() {
    command.signal("KILL");
    assertThat(command.await().status()).isEqualTo(137);
  }

  @Override
  public void close() {
    command.close();
  }

  /** What a recording says it did. */
  record Summary(JsonNode json, List<Path> files) {
    static Summary of(JsonNode json, Path directory) {
      assertThat(json.get("received").asLong())
          .as("received = written + buffered + droppedKernel + unreadAtStop in %s", json)
          .isEqualTo(
              json.get("written").asLong()
                  + json.get("buffered").asLong()
                  + json.get("droppedKernel").asLong()
                  + json.get("unreadAtStop").asLong());
      List<Path> files = new ArrayList<>();
      json.get("segments")
          .forEach(segment ->
              files.add(directory.resolve(Path.of(segment.get("file").asText()).getFileName())));
      return new Summary(json, files);
    }

    long count(String name) {
      return json.get(name).asLong();
    }
  }
}
