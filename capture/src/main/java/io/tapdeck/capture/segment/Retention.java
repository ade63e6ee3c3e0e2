package io.tapdeck.capture.segment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes the oldest complete segments of a directory until its limits hold. Only segments with a
 * readable sidecar count and are removed, never a protected one, one that is being written, or a
 * file of somebody else. It goes by the sidecars alone, so a restart forgets nothing.
 *
 * <p>Sidecars are read once, those of protected segments at every {@link #check}, and each one
 * again right before its segment is removed. For one thread, of the process that holds the
 * directory.
 */
public final class Retention {
  /** Who else changes a sidecar does so in this time; else it is for the next check. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final Path directory;
  private final RetentionLimits limits;
  private final TreeMap<SegmentName, Sidecar> held = new TreeMap<>(SegmentName.OLDEST_FIRST);

  /** What could not be removed; tried again at the next {@link #check}. */
  private final Set<SegmentName> stuck = new HashSet<>();

  private final Set<String> told = new HashSet<>();
  private @Nullable FileStore store;

  /** Whether what is held is what the directory held when this pass began. */
  private boolean isCurrent;

  /**
   * What was done.
   *
   * @param removed the sidecars of the segments removed, oldest first
   * @param problems what could not be done, each told once
   */
  public record Removal(List<Sidecar> removed, List<String> problems) {}

  /**
   * A complete segment.
   *
   * @param removable neither protected nor stuck
   */
  record Held(SegmentName name, Sidecar sidecar, boolean removable) {
    /** When its last frame came; if it has none, when it was opened. */
    Instant last() {
      Instant last = sidecar.last();
      return last == null ? name.opened() : last;
    }

    /** Size of its file as it is stored. */
    long bytes() {
      return sidecar.storedBytes();
    }
  }

  /** A file system: its size, what an ordinary user can still write, and its blocks, in bytes. */
  record Space(long total, long usable, long block) {
    private static final long PERCENT = 100;

    /** Where nothing is known, nothing is missing. */
    static final Space UNKNOWN = new Space(0, 0, 1);

    /** Bytes to be freed until so much is free; 0 or less if it is. */
    long missing(int freePercent) {
      long wanted = total / PERCENT * freePercent + total % PERCENT * freePercent / PERCENT;
      return wanted - usable;
    }

    /** What removing a segment of so many bytes frees: whole blocks, and one for its sidecar. */
    long freedBy(long bytes) {
      return (Math.ceilDiv(bytes, block) + 1) * block;
    }
  }

  /** Removes nothing before it is told to {@link #check}. */
  public Retention(Path directory, RetentionLimits limits) {
    this.directory = directory;
    this.limits = limits;
  }

  /** Looks what there is in the directory now, and removes what is too much. */
  public Removal check() {
    List<String> problems = new ArrayList<>();
    stuck.clear();
    lookOr(problems);
    return apply(problems);
  }

  /** A segment of the directory is complete, with its sidecar; removes what is too much now. */
  public Removal published(Sidecar sidecar) {
    SegmentName.parse(sidecar.file()).ifPresent(name -> held.put(name, sidecar));
    isCurrent = false;
    return apply(new ArrayList<>());
  }

  /**
   * The disk is full: removes the oldest segment that may be removed, whatever the limits allow.
   */
  public Removal makeRoom() {
    List<Sidecar> removed = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (SegmentName name : List.copyOf(held.keySet())) {
      Sidecar sidecar = held.get(name);
      if (sidecar != null
          && !sidecar.isProtected()
          && !stuck.contains(name)
          && remove(new Held(name, sidecar, true), removed, problems)) {
        break;
      }
    }
    problems.removeIf(problem -> !told.add(problem));
    return new Removal(List.copyOf(removed), List.copyOf(problems));
  }

  /**
   * What is to be removed: first all that is too old, and then from the oldest on until the other
   * limits hold, no more than it takes.
   *
   * @param all complete segments, oldest first
   */
  static List<Held> choose(RetentionLimits limits, List<Held> all, Instant now, Space space) {
    Instant oldest = limits.age().map(now::minus).orElse(Instant.MIN);
    long maxFiles = limits.files().orElse(Integer.MAX_VALUE);
    long maxBytes = limits.bytes().map(size -> size.bytes()).orElse(Long.MAX_VALUE);
    long files = 0;
    long bytes = 0;
    long missing = limits.freePercent().map(space::missing).orElse(0L);
    List<Held> chosen = new ArrayList<>();
    List<Held> youngEnough = new ArrayList<>();
    for (Held segment : all) {
      if (segment.removable() && segment.last().isBefore(oldest)) {
        chosen.add(segment);
        missing -= space.freedBy(segment.bytes());
      } else {
        files++;
        bytes += segment.bytes();
        youngEnough.add(segment);
      }
    }
    for (Held segment : youngEnough) {
      if (segment.removable() && (files > maxFiles || bytes > maxBytes || missing > 0)) {
        chosen.add(segment);
        files--;
        bytes -= segment.bytes();
        missing -= space.freedBy(segment.bytes());
      }
    }
    chosen.sort(Comparator.comparing(Held::name, SegmentName.OLDEST_FIRST));
    return List.copyOf(chosen);
  }

  private Removal apply(List<String> problems) {
    List<Sidecar> removed = new ArrayList<>();
    while (removeChosen(removed, problems)) {
      // Something was not as it was known to be; then others may have to go.
    }
    if (!removed.isEmpty()) {
      try {
        SegmentFiles.forceDirectory(directory);
      } catch (IOException failed) {
        problems.add("cannot flush " + directory + ": " + words(failed));
      }
    }
    problems.removeIf(problem -> !told.add(problem));
    return new Removal(List.copyOf(removed), List.copyOf(problems));
  }

  /** Returns whether to choose again. */
  private boolean removeChosen(List<Sidecar> removed, List<String> problems) {
    List<Held> chosen = chosen(problems);
    if (!chosen.isEmpty() && !isCurrent) {
      // Segments become smaller when they are compressed: then fewer have to go.
      lookOr(problems);
      return true;
    }
    for (Held segment : chosen) {
      if (!remove(segment, removed, problems)) {
        return true;
      }
    }
    return false;
  }

  private List<Held> chosen(List<String> problems) {
    List<Held> all = new ArrayList<>();
    held.forEach((name, sidecar) ->
        all.add(new Held(name, sidecar, !sidecar.isProtected() && !stuck.contains(name))));
    return choose(limits, all, Instant.now(), space(problems));
  }

  /** Returns false if it was not as it was known to be, or could not be removed. */
  private boolean remove(Held segment, List<Sidecar> removed, List<String> problems) {
    SegmentName name = segment.name();
    try (HeldSidecar now = HeldSidecar.hold(directory, name, PATIENCE)) {
      if (now.sidecar().isProtected() || !now.sidecar().storedFile().equals(storedFile(name))) {
        held.put(name, now.sidecar());
        return false;
      }
      now.deleteFrames();
      held.remove(name);
      removed.add(now.sidecar());
      try {
        now.delete();
      } catch (IOException failed) {
        problems.add("cannot remove the sidecar of " + name.fileName() + ": " + words(failed));
      }
      return true;
    } catch (NoSuchFileException gone) {
      held.remove(name);
      return false;
    } catch (IOException failed) {
      stuck.add(name);
      problems.add("cannot remove " + name.fileName() + ": " + words(failed));
      return false;
    }
  }

  private @Nullable String storedFile(SegmentName name) {
    Sidecar known = held.get(name);
    return known == null ? null : known.storedFile();
  }

  private void lookOr(List<String> problems) {
    isCurrent = true;
    try {
      look();
    } catch (IOException unreadable) {
      problems.add("cannot look for old segments in " + directory + ": " + words(unreadable));
    }
  }

  /** Brings what is known up to date: what is new, what is gone, what is protected no more. */
  private void look() throws IOException {
    Map<SegmentName, String> there = new HashMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      files
          .map(file -> file.getFileName().toString())
          .forEach(file ->
              SegmentName.ofComplete(file)
                  // The shortest of several is the uncompressed one.
                  .ifPresent(name -> there.merge(name, file, Retention::shorter)));
    } catch (UncheckedIOException failed) {
      throw failed.getCause();
    }
    held.keySet().retainAll(there.keySet());
    there.forEach((name, file) -> {
      Sidecar known = held.get(name);
      if (known == null || known.isProtected() || !known.storedFile().equals(file)) {
        keepInMind(name, read(name));
      }
    });
  }

  private static String shorter(String one, String other) {
    return one.length() <= other.length() ? one : other;
  }

  private void keepInMind(SegmentName name, Optional<Sidecar> sidecar) {
    sidecar.ifPresentOrElse(known -> held.put(name, known), () -> held.remove(name));
  }

  /** The sidecar of a complete segment; empty if it is none, or somebody else's. */
  private Optional<Sidecar> read(SegmentName name) {
    Path sidecar = name.sidecarIn(directory);
    // A link, or a pipe that would be waited for, is none of ours.
    if (name.findIn(directory).isEmpty()
        || !Files.isRegularFile(sidecar, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      return SidecarFile.read(sidecar).filter(read -> name.fileName().equals(read.file()));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  private Space space(List<String> problems) {
    if (limits.freePercent().isEmpty()) {
      return Space.UNKNOWN;
    }
    try {
      FileStore on = store;
      if (on == null) {
        on = Files.getFileStore(directory);
        store = on;
      }
      return new Space(on.getTotalSpace(), on.getUsableSpace(), on.getBlockSize());
    } catch (IOException failed) {
      problems.add("cannot tell how much of " + directory + " is free: " + words(failed));
      return Space.UNKNOWN;
    }
  }

  /** What went wrong, without the name of the file where that is all there is. */
  static String words(IOException failed) {
    if (failed instanceof FileSystemException named && named.getReason() != null) {
      return named.getReason();
    }
    return failed instanceof FileSystemException || failed.getMessage() == null
        ? failed.toString()
        : failed.getMessage();
  }
}
