package io.tapdeck.capture.catalog;

import io.tapdeck.capture.catalog.CatalogDatabase.Indexed;
import io.tapdeck.capture.catalog.CatalogDatabase.Version;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.segment.SidecarFile;
import io.tapdeck.capture.segment.UtcTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The complete segments of all recordings of a data directory: those in {@code recordings/<UUID>/}
 * that have a sidecar. It knows what it has read; {@link #refresh} reads what has changed since.
 * Any thread may use it.
 */
public final class Catalog implements AutoCloseable {
  private static final Pattern UUID_NAME =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /**
   * A directory that was changed so lately may change again without another time: the kernel's
   * clock for files ticks.
   */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final Path recordings;
  private final CatalogDatabase database;
  private final Map<UUID, Totals> totals = new HashMap<>();

  /** When a directory was changed last, as it was when it was read. */
  private final Map<UUID, Instant> directoryTimes = new HashMap<>();

  private Catalog(Path recordings, CatalogDatabase database) {
    this.recordings = recordings;
    this.database = database;
  }

  /**
   * Opens the catalog of a data directory, and reads what its index lacks.
   *
   * @param data must exist; the index is its file {@code catalog.db}
   */
  public static Catalog open(Path data) throws IOException {
    Catalog catalog =
        new Catalog(
            data.toRealPath().resolve("recordings"),
            CatalogDatabase.open(data.toRealPath().resolve("catalog.db")));
    try {
      catalog.refresh();
      return catalog;
    } catch (IOException | RuntimeException failed) {
      catalog.close();
      throw failed;
    }
  }

  /** Reads what has changed in any recording. */
  public synchronized void refresh() throws IOException {
    Set<UUID> there = new HashSet<>();
    if (Files.isDirectory(recordings)) {
      try (Stream<Path> directories = Files.list(recordings)) {
        directories
            .filter(directory -> Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS))
            .map(directory -> directory.getFileName().toString())
            .filter(name -> UUID_NAME.matcher(name).matches())
            .forEach(name -> there.add(UUID.fromString(name)));
      }
    }
    for (UUID recording : database.recordings()) {
      if (!there.contains(recording)) {
        forget(recording);
      }
    }
    for (UUID recording : there) {
      refresh(recording);
    }
  }

  /** Reads what has changed in a recording; forgets one whose directory is gone. */
  public synchronized void refresh(UUID recording) throws IOException {
    Path directory = directory(recording);
    try {
      Instant changed = attributes(directory).lastModifiedTime().toInstant();
      if (changed.equals(directoryTimes.get(recording))) {
        return;
      }
      read(recording, directory);
      if (changed.isBefore(Instant.now().minus(SETTLED))) {
        directoryTimes.put(recording, changed);
      } else {
        directoryTimes.remove(recording);
      }
    } catch (NoSuchFileException | NotDirectoryException gone) {
      forget(recording);
    }
  }

  private void read(UUID recording, Path directory) throws IOException {
    Map<Integer, Version> known = database.versions(recording);
    Set<Integer> gone = new HashSet<>(known.keySet());
    List<Indexed> added = new ArrayList<>();
    for (Path file : sidecars(directory)) {
      SegmentName name = SegmentName.ofSidecar(file.getFileName().toString()).orElseThrow();
      Optional<Version> version = version(file);
      if (version.isEmpty()) {
        continue;
      }
      boolean isNew = !version.get().equals(known.get(name.number()));
      Optional<Sidecar> sidecar =
          isNew
              ? SidecarFile.read(file).filter(read -> read.file().equals(name.fileName()))
              : Optional.empty();
      if (!isNew || sidecar.isPresent()) {
        gone.remove(name.number());
      }
      sidecar.ifPresent(read -> added.add(new Indexed(name.number(), version.get(), read)));
    }
    if (!added.isEmpty() || !gone.isEmpty()) {
      database.change(recording, added, gone);
      totals.remove(recording);
    }
  }

  private static List<Path> sidecars(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> SegmentName.ofSidecar(file.getFileName().toString()).isPresent())
          .toList();
    }
  }

  /** Empty if it is no file, or no longer there. */
  private static Optional<Version> version(Path file) throws IOException {
    try {
      BasicFileAttributes attributes = attributes(file);
      return attributes.isRegularFile()
          ? Optional.of(
              new Version(
                  attributes.size(), UtcTime.toNanos(attributes.lastModifiedTime().toInstant())))
          : Optional.empty();
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** All segments of a recording, added up. */
  public synchronized Totals totals(UUID recording) {
    return totals.computeIfAbsent(recording, database::totals);
  }

  /**
   * Segments of a recording, oldest first.
   *
   * @param after only those with a higher number
   * @param limit no more than so many
   */
  public synchronized List<CatalogEntry> segments(UUID recording, int after, int limit) {
    return database.segments(recording, after, limit);
  }

  /** The segment of a recording that has this number. */
  public synchronized Optional<CatalogEntry> segment(UUID recording, int number) {
    return database.segment(recording, number);
  }

  /** The directory of a recording, whether it is there or not. */
  public Path directory(UUID recording) {
    return recordings.resolve(recording.toString());
  }

  /**
   * The file of a segment.
   *
   * @throws NoSuchFileException if it is gone, or not where it should be because of a link
   */
  public Path path(UUID recording, CatalogEntry segment) throws IOException {
    Path file = directory(recording).resolve(segment.file());
    Path real = file.toRealPath();
    if (!real.equals(recordings.toRealPath().resolve(recording.toString()).resolve(segment.file()))
        || !attributes(file).isRegularFile()) {
      throw new NoSuchFileException(file.toString(), null, "it is a link to elsewhere");
    }
    return real;
  }

  /** Forgets a recording. It comes back with the next refresh if its directory is still there. */
  public synchronized void forget(UUID recording) {
    database.forget(recording);
    totals.remove(recording);
    directoryTimes.remove(recording);
  }

  @Override
  public synchronized void close() {
    try {
      database.close();
    } catch (SQLException failed) {
      throw new IllegalStateException("catalog.db could not be closed", failed);
    }
  }
}
