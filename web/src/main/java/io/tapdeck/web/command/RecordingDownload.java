package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapdeck.web.client.ApplianceRefusal;
import io.tapdeck.web.client.RemoteAppliance;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck recording-download}. */
@Command(
    name = "recording-download",
    sortOptions = false,
    description = {
      "Downloads the complete segments of a recording, as the appliance stores them.",
      "A file has its name once it is whole, and until then that name with .part. What is there"
          + " already, as long as it is to be, is not downloaded again.",
      "Exit status: 0 all that was asked for is here; 1 some of it is not; 2 refused."
    })
final class RecordingDownload implements Callable<Integer> {
  /** What a segment's file can be called: nothing that leads out of a directory. */
  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z][0-9A-Za-z._-]{0,199}");

  private static final int PAGE = 1000;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The recording.")
  private String idOrName;

  @Option(
      names = {"-o", "--output"},
      defaultValue = ".",
      paramLabel = "DIR",
      description = "The directory for the files (default: the present one).")
  private Path directory;

  @Option(
      names = "--segment",
      paramLabel = "N",
      description = "Only this segment, by its number; may be repeated (default: all).")
  private List<Integer> numbers = List.of();

  @Option(
      names = "--current",
      description =
          "Also the segment that is being written, as far as it is whole, as so-far.pcap.")
  private boolean current;

  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  RecordingDownload() {}

  @Override
  public Integer call() throws Exception {
    if (!Files.isDirectory(directory)) {
      throw new RefusedException(directory + " is not a directory; name one for the files");
    }
    Path soFar = directory.resolve("so-far.pcap");
    if (current && Files.exists(soFar)) {
      throw new RefusedException(
          soFar + " is here already: remove it, or name another directory with -o");
    }
    return access.run(appliance -> {
      UUID id = RemoteThings.id(RemoteThings.recording(appliance, idOrName));
      String segments = "/recordings/" + id + "/segments";
      List<Map<String, Object>> done = new ArrayList<>();
      try {
        for (JsonNode segment : wanted(appliance, segments)) {
          done.add(download(appliance, segments, segment));
        }
        if (current) {
          long length = fetch(appliance, segments + "/current/file", soFar);
          done.add(told(soFar, length, "downloaded"));
        }
      } catch (ApplianceRefusal refusal) {
        if (done.isEmpty()) {
          throw refusal;
        }
        throw new IOException(
            "only %d files are here: %s".formatted(done.size(), refusal.getMessage()), refusal);
      }
      presentation.showList(done, List.of("file", "bytes", "state"));
      return ExitStatus.DONE;
    });
  }

  private List<JsonNode> wanted(RemoteAppliance appliance, String segments)
      throws IOException, ApplianceRefusal, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    int before;
    do {
      before = all.size();
      int last = all.isEmpty() ? 0 : all.getLast().path("number").asInt();
      RemoteThings.stream(appliance.get(segments + "?limit=" + PAGE + "&after=" + last))
          .filter(segment -> segment.path("number").asInt() > last)
          .forEach(all::add);
    } while (all.size() - before >= PAGE);
    if (numbers.isEmpty()) {
      return all;
    }
    for (int number : numbers) {
      if (all.stream().noneMatch(segment -> segment.path("number").asInt() == number)) {
        throw new RefusedException("the recording has no complete segment " + number);
      }
    }
    return all.stream()
        .filter(segment -> numbers.contains(segment.path("number").asInt()))
        .toList();
  }

  private Map<String, Object> download(RemoteAppliance appliance, String segments, JsonNode segment)
      throws IOException, ApplianceRefusal, InterruptedException {
    String name = segment.path("storedFile").asText();
    if (!NAME.matcher(name).matches()) {
      throw new IOException("the appliance tells a file's name that is none");
    }
    Path file = directory.resolve(name);
    long length = segment.path("storedBytes").asLong();
    if (Files.exists(file)) {
      if (Files.size(file) == length) {
        return told(file, length, "was here");
      }
      throw new IOException(file + " is here, and another: name another directory with -o");
    }
    long came = fetch(appliance, segments + "/" + segment.path("number").asInt() + "/file", file);
    return told(file, came, "downloaded");
  }

  /** Receives a file under a name of its own until it is whole. */
  private static long fetch(RemoteAppliance appliance, String path, Path file)
      throws IOException, ApplianceRefusal, InterruptedException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    boolean whole = false;
    try {
      long length;
      try (OutputStream out =
          Files.newOutputStream(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        length = appliance.download(path, out);
      }
      Files.move(part, file);
      whole = true;
      return length;
    } finally {
      if (!whole) {
        Files.deleteIfExists(part);
      }
    }
  }

  private static Map<String, Object> told(Path file, long bytes, String state) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", file.toString());
    fields.put("bytes", bytes);
    fields.put("state", state);
    return fields;
  }
}
