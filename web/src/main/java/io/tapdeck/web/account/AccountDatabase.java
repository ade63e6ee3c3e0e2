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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The file {@code accounts.db} (SQLite), for its owner alone. One connection, one transaction at a
 * time. Times in it are milliseconds since 1970.
 */
final class AccountDatabase implements AutoCloseable {
  private static final int VERSION = 1;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final List<String> SCHEMA =
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

  private final ReentrantLock lock = new ReentrantLock();
  private final Connection connection;
  private final Jdbi jdbi;

  private AccountDatabase(Connection connection) {
    this.connection = connection;
    this.jdbi = Jdbi.create(connection);
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
    if (found == 0) {
      var _ =
          with(handle -> {
            SCHEMA.forEach(handle::execute);
            return handle.execute("PRAGMA user_version = " + VERSION);
          });
    } else if (found != VERSION) {
      throw new IOException(
          "cannot use "
              + file
              + ": it is of version "
              + found
              + ", and this Tapdeck knows version "
              + VERSION
              + ": use the Tapdeck that it is from, or a newer one");
    }
  }

  /** Runs in a transaction, which is undone if it throws. */
  <T> T with(Function<Handle, T> body) {
    lock.lock();
    try {
      return jdbi.inTransaction(body::apply);
    } finally {
      lock.unlock();
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
