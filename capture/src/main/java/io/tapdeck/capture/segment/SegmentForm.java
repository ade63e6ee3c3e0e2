package io.tapdeck.capture.segment;

import io.tapdeck.capture.archive.Compression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What there is of a complete segment, or of any capture file, at one moment.
 *
 * @param whole where it is while it is not compressed
 * @param file the file that holds it, compressed or not; empty if there is none
 * @param bytes the size of that file, 0 if there is none
 * @param sidecar what its own sidecar says; empty if it has none, or one that makes no sense
 */
public record SegmentForm(Path whole, Optional<Path> file, long bytes, Optional<Sidecar> sidecar) {
  /**
   * Looks at a capture file.
   *
   * @param path of the file, compressed or not, or of its sidecar
   */
  public static SegmentForm of(Path path) throws IOException {
    String name = String.valueOf(path.getFileName());
    String suffix =
        name.endsWith(SegmentName.SIDECAR)
            ? SegmentName.SIDECAR
            : Compression.ofFileName(name).suffix();
    return ofWhole(path.resolveSibling(name.substring(0, name.length() - suffix.length())));
  }

  /**
   * Looks at the complete segments of a directory, those of which only the sidecar is left among
   * them.
   *
   * @return the oldest first
   */
  public static List<SegmentForm> in(Path directory) throws IOException {
    TreeSet<SegmentName> names = new TreeSet<>(SegmentName.OLDEST_FIRST);
    try (Stream<Path> files = Files.list(directory)) {
      files
          .map(file -> file.getFileName().toString())
          .flatMap(file ->
              Stream.concat(
                  SegmentName.ofComplete(file).stream(), SegmentName.ofSidecar(file).stream()))
          .forEach(names::add);
    } catch (UncheckedIOException failed) {
      throw failed.getCause();
    }
    List<SegmentForm> forms = new ArrayList<>();
    for (SegmentName name : names) {
      SegmentForm form = ofWhole(name.in(directory));
      if (form.isThere()) {
        forms.add(form);
      }
    }
    return List.copyOf(forms);
  }

  private static SegmentForm ofWhole(Path whole) throws IOException {
    String name = whole.getFileName().toString();
    Path beside = whole.resolveSibling(name + SegmentName.SIDECAR);
    Optional<Sidecar> sidecar =
        Files.isRegularFile(beside, LinkOption.NOFOLLOW_LINKS)
            ? SidecarFile.read(beside).filter(read -> read.file().equals(name))
            : Optional.empty();
    for (Compression compression : Compression.values()) {
      Path file = whole.resolveSibling(name + compression.suffix());
      try {
        if (Files.isRegularFile(file)) {
          return new SegmentForm(whole, Optional.of(file), Files.size(file), sidecar);
        }
      } catch (NoSuchFileException compressedNow) {
        // Then the next one is it.
      }
    }
    return new SegmentForm(whole, Optional.empty(), 0, sidecar);
  }

  /** Whether there is anything of it. */
  public boolean isThere() {
    return file.isPresent() || sidecar.isPresent();
  }

  /** Looks again. */
  SegmentForm again() throws IOException {
    return ofWhole(whole);
  }
}
