package io.tapdeck.capture.catalog;

import io.tapdeck.capture.catalog.CatalogDatabase.Known;
import io.tapdeck.capture.catalog.CatalogDatabase.Version;
import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.Sidecar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;

/**
 * Compares the files, the sidecars and the catalog of a data directory, and changes nothing. Names,
 * sizes and times are compared, not the contents. What goes on meanwhile, as in a recording, can
 * look like a disagreement: one that is found again a while later is one.
 */
public final class CatalogCheck {
  private static final Pattern UUID_NAME =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** One that is being taken in, and is no recording yet. */
  private static final Pattern UNFINISHED = Pattern.compile(UUID_NAME + "\\.part");

  private final Path recordings;
  private final Path index;
  private final Predicate<String> kept;
  private final List<Disagreement> found = new ArrayList<>();
  private long recordingCount;
  private long segmentCount;

  private CatalogCheck(Path data, Predicate<String> kept) {
    this.recordings = data.resolve("recordings");
    this.index = data.resolve("catalog.db");
    this.kept = kept;
  }

  /** What does not agree. */
  public enum Kind {
    /** There is a sidecar, and not the file that it tells of. */
    MISSING("missing"),

    /** There is a file, and no sidecar that makes sense. */
    NO_SIDECAR("no sidecar"),

    /** The file is not the one that its sidecar tells of. */
    CHANGED("changed"),

    /** It belongs to nothing. */
    FOREIGN("foreign"),

    /** There is a sidecar, and the catalog does not know it, or knew another. */
    NOT_IN_CATALOG("not in catalog"),

    /** The catalog knows it, and nothing of it is there. */
    ONLY_IN_CATALOG("only in catalog"),

    /** The catalog cannot be used. */
    UNUSABLE("unusable");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** For people and machines, such as {@code no sidecar}. */
    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * Something that does not agree.
   *
   * @param path within the data directory
   * @param reason a clause, for people
   */
  public record Disagreement(Kind kind, String path, String reason) {}

  /**
   * What was looked at and found.
   *
   * @param hasCatalog false if there is no index, which is no disagreement: it can be deleted
   */
  public record Report(
      long recordings, long segments, boolean hasCatalog, List<Disagreement> disagreements) {
    /** Copies the list. */
    public Report {
      disagreements = List.copyOf(disagreements);
    }

    /** With only what another report says too. */
    public Report confirmedBy(Report earlier) {
      return new Report(
          recordings,
          segments,
          hasCatalog,
          disagreements.stream().filter(earlier.disagreements()::contains).toList());
    }
  }

  /**
   * Checks a data directory.
   *
   * @param kept whether a file beside a recording's segments, of this name, is known to belong
   *     there
   * @throws IOException if it cannot be read
   */
  public static Report check(Path data, Predicate<String> kept) throws IOException {
    return new CatalogCheck(data.toRealPath(), kept).check();
  }

  private Report check() throws IOException {
    boolean hasCatalog = Files.exists(index, LinkOption.NOFOLLOW_LINKS);
    Map<UUID, Map<String, Known>> known = hasCatalog ? known() : Map.of();
    boolean isUsable = hasCatalog && found.isEmpty();
    Set<UUID> there = new HashSet<>();
    for (Path directory : list(recordings)) {
      String name = directory.getFileName().toString();
      if (UNFINISHED.matcher(name).matches()) {
        continue;
      }
      if (!UUID_NAME.matcher(name).matches()
          || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        tell(Kind.FOREIGN, directory, "it is no recording's directory");
        continue;
      }
      recordingCount++;
      UUID recording = UUID.fromString(name);
      there.add(recording);
      Map<String, Version> sidecars = segments(directory);
      if (isUsable) {
        compare(directory, sidecars, known.getOrDefault(recording, Map.of()));
      }
    }
    known.forEach((recording, segments) -> {
      if (!there.contains(recording)) {
        compare(recordings.resolve(recording.toString()), Map.of(), segments);
      }
    });
    return new Report(recordingCount, segmentCount, hasCatalog, found);
  }

  private Map<UUID, Map<String, Known>> known() throws IOException {
    try (CatalogDatabase database = CatalogDatabase.openToRead(index)) {
      Map<UUID, Map<String, Known>> known = new HashMap<>();
      for (UUID recording : database.recordings()) {
        known.put(recording, database.known(recording));
      }
      return known;
    } catch (SQLException | JdbiException unusable) {
      tell(Kind.UNUSABLE, index, "the next appliance makes it anew: " + unusable.getMessage());
      return Map.of();
    }
  }

  /** Looks at the files of a recording; gives the sidecars that make sense, by their segments. */
  private Map<String, Version> segments(Path directory) throws IOException {
    for (Path file : list(directory)) {
      String name = file.getFileName().toString();
      if (SegmentName.belongs(name)
          ? !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          : !kept.test(name)) {
        tell(Kind.FOREIGN, file, "it is no file of a segment");
      }
    }
    Map<String, Version> sidecars = new HashMap<>();
    for (SegmentForm form : SegmentForm.in(directory)) {
      segmentCount++;
      Optional<Path> file = form.file();
      if (form.sidecar().isEmpty()) {
        tell(Kind.NO_SIDECAR, file.orElse(form.whole()), "the next recorder there makes it");
        continue;
      }
      Sidecar sidecar = form.sidecar().get();
      version(directory.resolve(sidecar.file() + SegmentName.SIDECAR))
          .ifPresent(version -> sidecars.put(sidecar.file(), version));
      if (file.isEmpty()) {
        tell(Kind.MISSING, form.whole(), "only its sidecar is there");
      } else if (!file.get().endsWith(sidecar.storedFile())) {
        tell(Kind.CHANGED, file.get(), "its sidecar tells of " + sidecar.storedFile());
      } else if (form.bytes() != sidecar.storedBytes()) {
        tell(
            Kind.CHANGED,
            file.get(),
            "it has %d bytes, its sidecar says %d".formatted(form.bytes(), sidecar.storedBytes()));
      }
    }
    return sidecars;
  }

  private void compare(Path directory, Map<String, Version> sidecars, Map<String, Known> known) {
    sidecars.forEach((segment, version) -> {
      Known indexed = known.get(segment);
      if (indexed == null) {
        tell(Kind.NOT_IN_CATALOG, directory.resolve(segment), "the catalog does not have it");
      } else if (!indexed.version().equals(version)) {
        tell(Kind.NOT_IN_CATALOG, directory.resolve(segment), "its sidecar has changed since");
      }
    });
    known.forEach((segment, indexed) -> {
      if (!sidecars.containsKey(segment)) {
        tell(
            Kind.ONLY_IN_CATALOG,
            directory.resolve(segment),
            "the catalog has it as segment " + indexed.number() + ", and it has no sidecar");
      }
    });
  }

  private void tell(Kind kind, Path path, String reason) {
    Path data = recordings.getParent();
    String within = data == null ? path.toString() : data.relativize(path).toString();
    found.add(new Disagreement(kind, within, reason));
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (UncheckedIOException failed) {
      throw failed.getCause();
    }
  }

  /** Empty if it is no longer there. */
  private static Optional<Version> version(Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return Optional.of(
          new Version(attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)));
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }
}
