package io.tapdeck.capture.catalog;

import io.tapdeck.capture.segment.Sidecar;
import io.tapdeck.capture.segment.UtcTime;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The file {@code catalog.db} (SQLite). Times in it are nanoseconds since 1970. One thread at a
 * time.
 */
final class CatalogDatabase implements AutoCloseable {
  private static final int VERSION = 2;

  /** SQLite keeps the text as it is: a file that has another is none of this version. */
  private static final String SCHEMA =
      """
      CREATE TABLE segment (
        recording TEXT NOT NULL,
        number INTEGER NOT NULL,
        file TEXT NOT NULL,
        sidecar_size INTEGER NOT NULL,
        sidecar_time INTEGER NOT NULL,
        packets INTEGER NOT NULL,
        frame_bytes INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        first INTEGER,
        last INTEGER,
        protected INTEGER NOT NULL,
        recovered TEXT,
        link_type INTEGER NOT NULL,
        stored_file TEXT NOT NULL,
        stored_bytes INTEGER NOT NULL,
        sha256 TEXT,
        PRIMARY KEY (recording, number)
      ) STRICT, WITHOUT ROWID\
      """;

  private static final String TOTALS =
      """
      SELECT recording, count(*), sum(packets), sum(stored_bytes), min(first), max(last)
      FROM segment\
      """;

  private static final String ENTRY =
      """
      number, file, packets, frame_bytes, bytes, first, last, protected,
        recovered, link_type, stored_file, stored_bytes, sha256\
      """;

  /** Those without a frame have no time, and so are in none. */
  private static final String IN_SPAN = " FROM segment WHERE last >= ? AND first < ?";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final String INSERT =
      """
      INSERT OR REPLACE INTO segment VALUES (:recording, :number, :file, :size, :time, :packets,
        :frameBytes, :bytes, :first, :last, :protected, :recovered, :linkType,
        :storedFile, :storedBytes, :sha256)
      """;

  private final Connection connection;
  private final Jdbi jdbi;

  private CatalogDatabase(Connection connection) {
    this.connection = connection;
    this.jdbi = Jdbi.create(connection);
  }

  /** A sidecar's file as it was when it was read: another size or time means another content. */
  record Version(long size, long time) {}

  /** A segment that is indexed, as its sidecar was when it was read. */
  record Known(int number, Version version) {}

  /** A sidecar that is to be indexed. */
  record Indexed(int number, Version version, Sidecar sidecar) {
    /** The names of segments sort by time. */
    boolean isOlderThan(String segment) {
      return sidecar.file().compareTo(segment) < 0;
    }
  }

  /** How far a segment goes, in nanoseconds since 1970, and what it has. */
  private record Reach(String recording, long first, long last, long packets, long storedBytes) {}

  /** Opens the file; if it is none that can be used, an empty one takes its place. */
  static CatalogDatabase open(Path file) throws IOException {
    try {
      return openAsItIs(file);
    } catch (SQLException | JdbiException unusable) {
      for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
      }
    }
    try {
      return openAsItIs(file);
    } catch (SQLException | JdbiException failed) {
      throw new IOException("cannot use " + file + ": " + failed.getMessage(), failed);
    }
  }

  private static CatalogDatabase openAsItIs(Path file) throws IOException, SQLException {
    makeOwnersAlone(file);
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    CatalogDatabase database = new CatalogDatabase(source.getConnection());
    try {
      database.prepare(file);
      return database;
    } catch (IOException | SQLException | JdbiException failed) {
      database.close();
      throw failed;
    }
  }

  /**
   * Opens the file to read it only; changes nothing in it.
   *
   * @throws SQLException if it is none that can be used
   */
  static CatalogDatabase openToRead(Path file) throws IOException, SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    CatalogDatabase database = new CatalogDatabase(source.getConnection());
    try {
      database.checkVersion();
      return database;
    } catch (SQLException | JdbiException failed) {
      database.close();
      throw failed;
    }
  }

  private void checkVersion() throws SQLException {
    jdbi.useHandle(handle -> {
      int version = handle.select("PRAGMA user_version").mapTo(int.class).one();
      if (version != VERSION) {
        throw new SQLException("it is of another version, or not a catalog");
      }
      String verdict = handle.select("PRAGMA integrity_check(1)").mapTo(String.class).one();
      if (!verdict.equals("ok")) {
        throw new SQLException(verdict);
      }
    });
  }

  private static void makeOwnersAlone(Path file) throws IOException, SQLException {
    try {
      var _ = Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException there) {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new SQLException("it is not a regular file");
      }
      var _ = Files.setPosixFilePermissions(file, OWNER_ONLY);
    }
  }

  private void prepare(Path file) throws IOException, SQLException {
    long length = Files.size(file);
    jdbi.useTransaction(handle -> {
      if (length % handle.select("PRAGMA page_size").mapTo(int.class).one() != 0) {
        throw new SQLException("its end is missing");
      }
      int version = handle.select("PRAGMA user_version").mapTo(int.class).one();
      List<String> tables =
          handle.select("SELECT coalesce(sql, name) FROM sqlite_schema").mapTo(String.class).list();
      if (version == 0 && tables.isEmpty()) {
        handle.execute(SCHEMA);
        handle.execute("PRAGMA user_version = " + VERSION);
      } else if (version != VERSION || !tables.equals(List.of(SCHEMA))) {
        throw new SQLException("it is of another version, or not a catalog");
      }
      String verdict = handle.select("PRAGMA integrity_check(1)").mapTo(String.class).one();
      if (!verdict.equals("ok")) {
        throw new SQLException(verdict);
      }
    });
    try {
      var _ = recordings();
    } catch (IllegalArgumentException noId) {
      throw new SQLException("it names a recording that cannot be", noId);
    }
  }

  /** The recordings of which there is at least one segment. */
  List<UUID> recordings() {
    return jdbi.withHandle(handle ->
        handle
            .select("SELECT DISTINCT recording FROM segment")
            .map((row, context) -> UUID.fromString(row.getString(1)))
            .list());
  }

  /** What is indexed of a recording, by the name of the segment's file. */
  Map<String, Known> known(UUID recording) {
    return jdbi.withHandle(handle -> {
      Map<String, Known> known = new HashMap<>();
      handle
          .select(
              "SELECT file, number, sidecar_size, sidecar_time FROM segment WHERE recording = ?",
              recording.toString())
          .map((row, context) ->
              Map.entry(
                  row.getString(1),
                  new Known(row.getInt(2), new Version(row.getLong(3), row.getLong(4)))))
          .forEach(entry -> known.put(entry.getKey(), entry.getValue()));
      return known;
    });
  }

  /** Indexes some, and forgets others, all at once. */
  void change(UUID recording, Collection<Indexed> added, Collection<Integer> gone) {
    jdbi.useTransaction(handle -> {
      for (int number : gone) {
        handle.execute(
            "DELETE FROM segment WHERE recording = ? AND number = ?", recording.toString(), number);
      }
      insert(handle, recording, added);
    });
  }

  private static void insert(Handle handle, UUID recording, Collection<Indexed> added) {
    if (added.isEmpty()) {
      return;
    }
    try (PreparedBatch batch = handle.prepareBatch(INSERT)) {
      for (Indexed indexed : added) {
        Sidecar sidecar = indexed.sidecar();
        batch
            .bind("recording", recording.toString())
            .bind("number", indexed.number())
            .bind("file", sidecar.file())
            .bind("size", indexed.version().size())
            .bind("time", indexed.version().time())
            .bind("packets", sidecar.packets())
            .bind("frameBytes", sidecar.frameBytes())
            .bind("bytes", sidecar.bytes())
            .bind("first", nanos(sidecar.first()))
            .bind("last", nanos(sidecar.last()))
            .bind("protected", sidecar.isProtected() ? 1 : 0)
            .bind("recovered", sidecar.recovered() == null ? null : sidecar.recovered().reason())
            .bind("linkType", sidecar.linkType())
            .bind("storedFile", sidecar.storedFile())
            .bind("storedBytes", sidecar.storedBytes())
            .bind("sha256", sidecar.sha256())
            .add();
      }
      var _ = batch.execute();
    }
  }

  void forget(UUID recording) {
    jdbi.useHandle(
        handle -> handle.execute("DELETE FROM segment WHERE recording = ?", recording.toString()));
  }

  /** Of every recording of which there is a segment. */
  Map<UUID, Totals> totals() {
    return jdbi.withHandle(handle -> {
      Map<UUID, Totals> totals = new HashMap<>();
      handle
          .select(TOTALS + " GROUP BY recording")
          .map((row, context) -> Map.entry(UUID.fromString(row.getString(1)), totals(row)))
          .forEach(entry -> totals.put(entry.getKey(), entry.getValue()));
      return totals;
    });
  }

  Totals totals(UUID recording) {
    return jdbi.withHandle(handle ->
        handle
            .select(TOTALS + " WHERE recording = ? GROUP BY recording", recording.toString())
            .map((row, context) -> totals(row))
            .findOne()
            .orElse(Totals.NONE));
  }

  private static Totals totals(ResultSet row) throws SQLException {
    return new Totals(row.getLong(2), row.getLong(3), row.getLong(4), time(row, 5), time(row, 6));
  }

  List<CatalogEntry> segments(UUID recording, int after, int limit) {
    return jdbi.withHandle(handle ->
        new ArrayList<>(
            handle
                .select(
                    "SELECT "
                        + ENTRY
                        + " FROM segment WHERE recording = ? AND number > ? ORDER BY number LIMIT"
                        + " ?",
                    recording.toString(),
                    after,
                    limit)
                .map((row, context) -> entry(row))
                .list()));
  }

  Optional<CatalogEntry> segment(UUID recording, int number) {
    return segments(recording, number - 1, 1).stream()
        .filter(found -> found.number() == number)
        .findFirst();
  }

  /** Segments of all recordings in a part of time, in the order of their places. */
  List<PlacedSegment> between(TimeSpan span, PlacedSegment.Place after, int limit) {
    return jdbi.withHandle(handle ->
        new ArrayList<>(
            handle
                .select(
                    "SELECT "
                        + ENTRY
                        + ", recording"
                        + IN_SPAN
                        + " AND (first, recording, number) > (?, ?, ?)"
                        + " ORDER BY first, recording, number LIMIT ?",
                    span.from(),
                    span.to(),
                    after.first(),
                    after.recording().toString(),
                    after.number(),
                    limit)
                .map((row, context) ->
                    new PlacedSegment(UUID.fromString(row.getString(14)), entry(row)))
                .list()));
  }

  /** What there is of a recording in a part of time, in the order of places. */
  List<CatalogEntry> between(UUID recording, TimeSpan span, int limit) {
    return jdbi.withHandle(handle ->
        new ArrayList<>(
            handle
                .select(
                    "SELECT "
                        + ENTRY
                        + IN_SPAN
                        + " AND recording = ? ORDER BY first, number LIMIT ?",
                    span.from(),
                    span.to(),
                    recording.toString(),
                    limit)
                .map((row, context) -> entry(row))
                .list()));
  }

  /** What there is of every recording in a part of time. */
  List<Lane> lanes(TimeSpan span, long grain) {
    Map<String, LaneBuilder> lanes = new TreeMap<>();
    jdbi.useHandle(handle ->
        handle
            .select(
                "SELECT recording, first, last, packets, stored_bytes"
                    + IN_SPAN
                    + " ORDER BY first",
                span.from(),
                span.to())
            .map((row, context) ->
                new Reach(
                    row.getString(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5)))
            .forEach(reach ->
                lanes
                    .computeIfAbsent(
                        reach.recording(), id -> new LaneBuilder(UUID.fromString(id), grain))
                    .add(reach.first(), reach.last(), reach.packets(), reach.storedBytes())));
    return lanes.values().stream().map(LaneBuilder::build).toList();
  }

  private static CatalogEntry entry(ResultSet row) throws SQLException {
    return new CatalogEntry(
        row.getInt(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        time(row, 6),
        time(row, 7),
        row.getInt(8) != 0,
        row.getString(9),
        row.getInt(10),
        row.getString(11),
        row.getLong(12),
        row.getString(13));
  }

  private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
    long nanos = row.getLong(column);
    return row.wasNull() ? null : UtcTime.ofNanos(nanos);
  }

  private static @Nullable Long nanos(@Nullable Instant time) {
    return time == null ? null : UtcTime.toNanos(time);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
