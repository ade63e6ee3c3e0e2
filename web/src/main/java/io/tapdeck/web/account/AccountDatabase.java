package io.tapdeck.web.account;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteUpdateListener;

/**
 * The file {@code accounts.db} (SQLite), for its owner alone. One connection, one transaction at a
 * time. Times in it are milliseconds since 1970.
 */
final class AccountDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccountDatabase.class);
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final List<String> VERSION_1 =
      List.of(
          """
          CREATE TABLE users (
            name TEXT PRIMARY KEY COLLATE NOCASE,
            role TEXT NOT NULL,
            password TEXT NOT NULL,
            created_at INTEGER NOT NULL
          ) STRICT
          """,
          """
          CREATE TABLE sessions (
            token_hash BLOB PRIMARY KEY,
            user TEXT NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
            created_at INTEGER NOT NULL,
            used_at INTEGER NOT NULL
          ) STRICT
          """,
          "CREATE INDEX sessions_of_user ON sessions (user, created_at)",
          """
          CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            user TEXT NOT NULL,
            method TEXT NOT NULL,
            path TEXT NOT NULL,
            status INTEGER NOT NULL
          ) STRICT
          """);

  private static final List<String> VERSION_2 =
      List.of(
          """
          CREATE TABLE tokens (
            id TEXT PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            user TEXT NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
            name TEXT NOT NULL,
            scope TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at INTEGER
          ) STRICT
          """,
          "CREATE INDEX tokens_of_user ON tokens (user, created_at)",
          """
          CREATE TABLE replay_targets (
            netns TEXT NOT NULL,
            interface TEXT NOT NULL,
            PRIMARY KEY (netns, interface)
          ) STRICT
          """,
          "ALTER TABLE audit RENAME TO audit_1",
          """
          CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            user TEXT NOT NULL,
            api_token TEXT,
            address TEXT NOT NULL,
            method TEXT NOT NULL,
            path TEXT NOT NULL,
            outcome TEXT NOT NULL,
            status INTEGER NOT NULL
          ) STRICT
          """,
          """
          INSERT INTO audit (id, at, user, address, method, path, outcome, status)
          SELECT id, at, user, '', method, path,
            CASE WHEN status < 400 THEN 'done' WHEN status < 500 THEN 'refused' ELSE 'failed' END,
            status
          FROM audit_1
          """,
          "DROP TABLE audit_1",
          """
          CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
          WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
          BEGIN SELECT RAISE(ABORT, 'what is on record is not replaced'); END
          """,
          """
          CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
          BEGIN SELECT RAISE(ABORT, 'what is on record is not changed'); END
          """,
          """
          CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
          BEGIN SELECT RAISE(ABORT, 'what is on record is not deleted'); END
          """);

  private static final List<String> VERSION_3 =
      List.of("ALTER TABLE audit ADD COLUMN bytes INTEGER");

  private static final List<String> VERSION_4 =
      List.of("CREATE INDEX audit_by_path ON audit (lower(path))");

  /** What makes of each version, of nothing first, the next one. */
  private static final List<List<String>> STEPS =
      List.of(VERSION_1, VERSION_2, VERSION_3, VERSION_4);

  private final ReentrantLock lock = new ReentrantLock();
  private final Connection connection;
  private final Jdbi jdbi;
  private final List<Runnable> toldOfRevocation = new CopyOnWriteArrayList<>();
  private boolean revoked;

  private AccountDatabase(Connection connection) throws SQLException {
    this.connection = connection;
    this.jdbi = Jdbi.create(connection);
    connection
        .unwrap(SQLiteConnection.class)
        .addUpdateListener((type, _, table, _) -> revoked |= takesRights(type, table));
  }

  /** Whether a change of a row takes from somebody what they may. A use, noted, does not. */
  private static boolean takesRights(SQLiteUpdateListener.Type type, String table) {
    return switch (table) {
      case "users" -> type != SQLiteUpdateListener.Type.INSERT;
      case "sessions", "tokens" -> type == SQLiteUpdateListener.Type.DELETE;
      default -> false;
    };
  }

  /** Told after each transaction that takes from somebody what they may, by whoever made it. */
  void whenRevoked(Runnable told) {
    toldOfRevocation.add(told);
  }

  /**
   * Opens the file, which is made if it is not there.
   *
   * @throws IOException with a sentence, if it cannot be used
   */
  static AccountDatabase open(Path file) throws IOException {
    try {
      var _ = Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException existing) {
      var _ = Files.setPosixFilePermissions(file, OWNER_ONLY);
    }
    SQLiteConfig config = new SQLiteConfig();
    config.enforceForeignKeys(true);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(5_000);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    try {
      AccountDatabase database = new AccountDatabase(source.getConnection());
      try {
        database.prepare(file);
        return database;
      } catch (IOException | RuntimeException failed) {
        database.close();
        throw failed;
      }
    } catch (SQLException | JdbiException failed) {
      throw new IOException("cannot use " + file + ": " + failed.getMessage(), failed);
    }
  }

  private void prepare(Path file) throws IOException {
    int found = with(handle -> handle.select("PRAGMA user_version").mapTo(int.class).one());
    if (found < 0 || found > STEPS.size()) {
      throw new IOException(
          "cannot use "
              + file
              + ": it is of version "
              + found
              + ", and this Tapdeck knows version "
              + STEPS.size()
              + ": use the Tapdeck that it is from, or a newer one");
    }
    for (int version = found; version < STEPS.size(); version++) {
      List<String> step = STEPS.get(version);
      int next = version + 1;
      var _ =
          with(handle -> {
            step.forEach(handle::execute);
            return handle.execute("PRAGMA user_version = " + next);
          });
    }
  }

  /** Runs in a transaction, which is undone if it throws. */
  <T> T with(Function<Handle, T> body) {
    boolean takesRights;
    T result;
    lock.lock();
    try {
      revoked = false;
      result = jdbi.inTransaction(body::apply);
      takesRights = revoked;
    } finally {
      lock.unlock();
    }
    if (takesRights) {
      toldOfRevocation.forEach(Runnable::run);
    }
    return result;
  }

  /**
   * Writes what may be lost: on a full disk one can still look, and delete.
   *
   * @param what it is, for the log
   */
  void note(String what, Function<Handle, Integer> body) {
    try {
      var _ = with(body);
    } catch (JdbiException failed) {
      LOG.warn("{} could not be written down: {}", what, failed.getMessage());
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException failed) {
      throw new IllegalStateException("accounts.db could not be closed", failed);
    } finally {
      lock.unlock();
    }
  }
}
