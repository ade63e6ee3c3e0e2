package io.tapdeck.web.job;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Values in a directory of their own, each in a JSON file that is called by its id. Any thread may
 * use it.
 */
public final class DocumentDirectory<T> {
  private static final Logger LOG = LoggerFactory.getLogger(DocumentDirectory.class);
  private static final Pattern NAME =
      Pattern.compile("([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\\.json");

  private final Path directory;
  private final Class<T> type;
  private final Function<T, UUID> idOf;
  private final Map<UUID, T> known = new TreeMap<>();

  private DocumentDirectory(Path directory, Class<T> type, Function<T, UUID> idOf) {
    this.directory = directory;
    this.type = type;
    this.idOf = idOf;
  }

  /**
   * Reads what there is. A file that is damaged is reported and left alone.
   *
   * @param directory is made if it is not there
   * @param type a record whose constructor checks what it is given
   * @throws IOException if the directory cannot be used
   */
  public static <T> DocumentDirectory<T> open(Path directory, Class<T> type, Function<T, UUID> idOf)
      throws IOException {
    if (!Files.isDirectory(directory)) {
      JobFiles.makePrivate(directory);
    }
    DocumentDirectory<T> opened = new DocumentDirectory<>(directory, type, idOf);
    List<Path> found;
    try (Stream<Path> all = Files.list(directory)) {
      found = all.sorted().toList();
    }
    found.forEach(opened::load);
    return opened;
  }

  private void load(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    if (!name.matches()) {
      return;
    }
    try {
      T document = new DocumentFile<>(path, type).read();
      if (!idOf.apply(document).toString().equals(name.group(1))) {
        throw new IOException("it is that of another, " + idOf.apply(document));
      }
      known.put(idOf.apply(document), document);
    } catch (IOException damaged) {
      LOG.error("{} is left alone: {}", path, damaged.getMessage());
    }
  }

  private Path file(UUID id) {
    return directory.resolve(id + ".json");
  }

  /** All, in the order of their ids. */
  public synchronized List<T> all() {
    return new ArrayList<>(known.values());
  }

  /** One of them. */
  public synchronized Optional<T> find(UUID id) {
    return Optional.ofNullable(known.get(id));
  }

  /** Keeps one, in the place of that with its id. It outlives a power failure from now on. */
  public synchronized void put(T document) throws IOException {
    UUID id = idOf.apply(document);
    new DocumentFile<>(file(id), type).write(document, true);
    known.put(id, document);
  }

  /** Forgets one. Returns whether it was there. */
  public synchronized boolean delete(UUID id) throws IOException {
    if (!known.containsKey(id)) {
      return false;
    }
    Path file = file(id);
    Files.deleteIfExists(file);
    // So that it does not come back after a power failure.
    try (FileChannel directory =
        FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
      directory.force(true);
    }
    known.remove(id);
    return true;
  }
}
