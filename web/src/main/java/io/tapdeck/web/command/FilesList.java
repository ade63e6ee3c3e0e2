package io.tapdeck.web.command;

import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.segment.UtcTime;
import io.tapdeck.capture.unit.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck files list}. */
@Command(
    name = "list",
    description = "Lists the complete segments of a directory, the oldest first.",
    footer = {
      "",
      "SIZE is what a segment takes of the disk, CONTENT what it has uncompressed. What a sidecar"
          + " should say and does not is shown as -."
    })
final class FilesList implements Callable<Integer> {
  private static final int SHORT_HASH = 12;
  private static final double MILLIS_PER_SECOND = 1000;

  @Parameters(paramLabel = "DIR", description = "The directory of a recording.")
  private Path directory;

  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  FilesList() {}

  @Override
  public Integer call() throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new RefusedException(directory + " is not a directory; name one that holds segments");
    }
    List<Map<String, Object>> segments = new ArrayList<>();
    for (SegmentForm form : SegmentForm.in(directory)) {
      segments.add(presentation.isJson() ? fields(form) : words(form));
    }
    presentation.showList(
        segments,
        List.of("file", "packets", "size", "content", "first", "span", "sha256", "protected"));
    return ExitStatus.DONE;
  }

  /** The name of the file, or what it should be. */
  static String file(SegmentForm form) {
    return form.file().orElse(form.whole()).getFileName().toString();
  }

  private static Map<String, Object> words(SegmentForm form) {
    Map<String, Object> words = new LinkedHashMap<>();
    @Nullable Sidecar sidecar = form.sidecar().orElse(null);
    words.put("file", file(form));
    words.put("size", form.file().isEmpty() ? "missing" : new DataSize(form.bytes()).toString());
    words.put("packets", sidecar == null ? "-" : sidecar.packets());
    words.put("content", sidecar == null ? "-" : new DataSize(sidecar.bytes()));
    words.put("first", sidecar == null ? "-" : time(sidecar.first()));
    words.put("span", sidecar == null ? "-" : span(sidecar));
    words.put("sha256", sidecar == null ? "-" : hash(sidecar.sha256()));
    words.put("protected", sidecar == null ? "-" : sidecar.isProtected() ? "yes" : "no");
    return words;
  }

  private static String time(@Nullable Instant time) {
    return time == null ? "-" : UtcTime.format(time);
  }

  private static String span(Sidecar sidecar) {
    Instant first = sidecar.first();
    Instant last = sidecar.last();
    return first == null || last == null
        ? "-"
        : String.format(
            Locale.ROOT, "%.3f s", Duration.between(first, last).toMillis() / MILLIS_PER_SECOND);
  }

  private static String hash(@Nullable String hash) {
    return hash == null ? "-" : hash.substring(0, SHORT_HASH);
  }

  /** What machines are told, with the names of the sidecar. */
  static Map<String, Object> fields(SegmentForm form) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", file(form));
    form.file().ifPresent(file -> fields.put("storedBytes", form.bytes()));
    form.sidecar()
        .ifPresent(sidecar -> {
          fields.put("packets", sidecar.packets());
          fields.put("frameBytes", sidecar.frameBytes());
          fields.put("bytes", sidecar.bytes());
          put(fields, "first", sidecar.first() == null ? null : UtcTime.format(sidecar.first()));
          put(fields, "last", sidecar.last() == null ? null : UtcTime.format(sidecar.last()));
          put(fields, "sha256", sidecar.sha256());
          fields.put("protected", sidecar.isProtected());
        });
    return fields;
  }

  private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
    if (value != null) {
      fields.put(name, value);
    }
  }
}
