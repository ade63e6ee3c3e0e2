package io.tapdeck.capture.catalog;

import io.tapdeck.capture.catalog.CatalogDatabase.Indexed;
import io.tapdeck.capture.catalog.CatalogDatabase.Known;
import io.tapdeck.capture.catalog.CatalogDatabase.Version;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.SidecarFile;
import io.tapdeck.capture.segment.UnfinishedSegment;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
      list(recordings).stream()
          .filter(directory -> Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS))
          .map(directory -> directory.getFileName().toString())
          .filter(name -> UUID_NAME.matcher(name).matches())
          .forEach(name -> there.add(UUID.fromString(name)));
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
      Instant settled = Instant.now().minus(SETTLED);
      Instant changed = attributes(directory).lastModifiedTime().toInstant();
      if (changed.equals(directoryTimes.get(recording))) {
        return;
      }
      read(recording, directory);
      if (changed.isBefore(settled)) {
        directoryTimes.put(recording, changed);
      } else {
        directoryTimes.remove(recording);
      }
    } catch (NoSuchFileException | NotDirectoryException gone) {
      forget(recording);
    }
  }

  private void read(UUID recording, Path directory) throws IOException {
    Map<String, Known> known = database.known(recording);
    Map<Integer, String> kept = new HashMap<>();
    List<Indexed> unknown = new ArrayList<>();
    for (Path sidecar : list(directory)) {
      String name = sidecar.getFileName().toString();
      Optional<Version> version =
          name.endsWith(SegmentName.SIDECAR) ? version(sidecar) : Optional.empty();
      if (version.isEmpty()) {
        continue;
      }
      String segment = name.substring(0, name.length() - SegmentName.SIDECAR.length());
      Known before = known.get(segment);
      if (before != null
          && before.version().equals(version.get())
          && segment.contains("-%06d.".formatted(before.number()))) {
        kept.put(before.number(), segment);
      } else {
        indexed(sidecar, version.get()).ifPresent(unknown::add);
      }
    }
    Map<Integer, Indexed> added = new HashMap<>();
    for (Indexed one : unknown) {
      String other = kept.get(one.number());
      if (other == null || one.isOlderThan(other)) {
        added.merge(one.number(), one, (a, b) -> a.isOlderThan(b.sidecar().file()) ? a : b);
      }
    }
    Set<Integer> gone = known.values().stream().map(Known::number).collect(Collectors.toSet());
    gone.removeAll(kept.keySet());
    gone.removeAll(added.keySet());
    if (!added.isEmpty() || !gone.isEmpty()) {
      database.change(recording, added.values(), gone);
      totals.remove(recording);
    }
  }

  /** Empty if it is no segment's sidecar, or cannot be read: then nothing is known of it. */
  private static Optional<Indexed> indexed(Path file, Version version) {
    Optional<SegmentName> name = SegmentName.ofSidecar(file.getFileName().toString());
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try {
      return SidecarFile.read(file)
          .filter(read -> read.file().equals(name.get().fileName()))
          .map(read -> new Indexed(name.get().number(), version, read));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (UncheckedIOException failed) {
      throw failed.getCause();
    }
  }

  /** Empty if it is no file, or no longer there. */
  private static Optional<Version> version(Path file) throws IOException {
    try {
      BasicFileAttributes attributes = attributes(file);
      return attributes.isRegularFile()
          ? Optional.of(
              new Version(
                  attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)))
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

  /** The same of every recording that has segments. */
  public synchronized Map<UUID, Totals> totals() {
    return database.totals();
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

  /**
   * Segments of all recordings that have frames in a part of time, in the order of their places:
   * the first frame's time, then the recording, then the number.
   *
   * @param after only those that come after this place
   * @param limit no more than so many
   */
  public synchronized List<PlacedSegment> between(
      TimeSpan span, PlacedSegment.Place after, int limit) {
    return database.between(span, after, limit);
  }

  /**
   * Segments of a recording that have frames in a part of time, by the time of the first frame.
   *
   * @param limit no more than so many
   */
  public synchronized List<CatalogEntry> between(UUID recording, TimeSpan span, int limit) {
    return database.between(recording, span, limit);
  }

  /**
   * What there is of every recording in a part of time, as it would be drawn.
   *
   * @param grain nanoseconds; pieces closer together than this are one
   */
  public synchronized List<Lane> lanes(TimeSpan span, long grain) {
    return database.lanes(span, grain);
  }

  /** The directory of a recording, whether it is there or not. */
  public Path directory(UUID recording) {
    return recordings.resolve(recording.toString());
  }

  /**
   * The file that holds a segment now, compressed or not.
   *
   * @throws NoSuchFileException if it is gone, or not where it should be because of a link
   */
  public Path path(UUID recording, CatalogEntry segment) throws IOException {
    Path missing = directory(recording).resolve(segment.file());
    Path file =
        SegmentName.ofComplete(segment.file())
            .flatMap(name -> name.findIn(directory(recording)))
            .orElseThrow(() -> new NoSuchFileException(missing.toString()));
    Path real = file.toRealPath();
    Path directory = recordings.toRealPath().resolve(recording.toString());
    if (!directory.equals(real.getParent())
        || !real.endsWith(file.getFileName())
        || !attributes(real).isRegularFile()) {
      throw new NoSuchFileException(file.toString(), null, "it is not there, but a link or other");
    }
    return real;
  }

  /**
   * The segment of a recording that is being written, as far as it is whole now; empty if there is
   * none.
   *
   * @throws NoSuchFileException if it has become complete meanwhile, or its directory is gone, or a
   *     link
   */
  public Optional<UnfinishedSegment> unfinished(UUID recording) throws IOException {
    Path directory = directory(recording);
    if (!directory.toRealPath().equals(recordings.toRealPath().resolve(recording.toString()))) {
      throw new NoSuchFileException(directory.toString(), null, "it is not there, but a link");
    }
    return UnfinishedSegment.find(directory);
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
