package io.tapdeck.web.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents outlive a power failure once they are put, and do not come back once deleted. */
class DocumentDirectoryTest {
  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  DocumentDirectoryTest() {}

  record Note(UUID id, String text) {}

  private DocumentDirectory<Note> open() throws Exception {
    return DocumentDirectory.open(data.resolve("notes"), Note.class, Note::id);
  }

  /** The files and directories that are forced to the disk meanwhile, as the JVM notes it. */
  private List<Path> forced(Callable<?> deed) throws Exception {
    Path events = data.resolve("events.jfr");
    try (Recording recording = new Recording()) {
      var _ = recording.enable("jdk.FileForce").withoutThreshold();
      recording.start();
      var _ = deed.call();
      recording.stop();
      recording.dump(events);
    }
    return RecordingFile.readAllEvents(events).stream()
        .map(event -> Path.of(event.getString("path")).normalize())
        .filter(path -> path.startsWith(data))
        .toList();
  }

  @Test
  void whatIsPutAndDeletedIsForcedToTheDisk() throws Exception {
    DocumentDirectory<Note> notes = open();
    Note one = new Note(new UUID(1, 2), "one");
    Path directory = data.resolve("notes");
    assertThat(
            forced(() -> {
              notes.put(one);
              return one;
            }))
        .containsExactly(directory.resolve(one.id() + ".json.draft"), directory);
    assertThat(open().find(one.id())).contains(one);
    assertThat(forced(() -> notes.delete(one.id()))).containsExactly(directory);
    assertThat(notes.delete(one.id())).isFalse();
    assertThat(open().all()).isEmpty();
  }

  @Test
  void whatIsDamagedOrAnothersIsLeftAlone() throws Exception {
    Note one = new Note(new UUID(1, 2), "one");
    open().put(one);
    Path directory = data.resolve("notes");
    Files.copy(directory.resolve(one.id() + ".json"), directory.resolve(new UUID(1, 3) + ".json"));
    Files.writeString(directory.resolve(new UUID(1, 4) + ".json"), "{");
    assertThat(open().all()).containsExactly(one);
    assertThat(directory.resolve(new UUID(1, 4) + ".json")).hasContent("{");
  }
}
