package io.tapdeck.capture.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tapdeck.capture.segment.RecordedSegments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the catalog did not write as it finds it: its file, sidecars, names in a directory. */
class CatalogDamageTest {
  private static final UUID RECORDING = new UUID(7, 1);

  @TempDir private Path data;

  private static List<CatalogEntry> list(Path data) throws IOException {
    try (Catalog catalog = Catalog.open(data)) {
      return catalog.segments(RECORDING, 0, 10_000);
    }
  }

  private static void write(Path data, int segments) throws IOException {
    RecordedSegments recorded = new RecordedSegments(data);
    for (int number = 1; number <= segments; number++) {
      recorded.write(RECORDING, number, number);
    }
  }

  private void inDatabase(String... orders) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("catalog.db"));
        Statement statement = connection.createStatement()) {
      for (String order : orders) {
        statement.executeUpdate(order);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE wine (vintage INTEGER)",
        "CREATE TABLE segment (recording TEXT, number INTEGER)",
        "CREATE TABLE segment (recording TEXT, number INTEGER); PRAGMA user_version = 1"
      })
  void aDatabaseOfSomethingElseIsReplaced(String foreign) throws Exception {
    write(data, 3);
    inDatabase(foreign.split("; "));
    assertThat(list(data)).hasSize(3);
    assertThatThrownBy(() -> inDatabase("INSERT INTO wine VALUES (1945)"))
        .hasMessageContaining("no such table");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PRAGMA user_version = 1", "ALTER TABLE segment ADD COLUMN colour TEXT"})
  void aDatabaseOfAnotherVersionIsReplaced(String change) throws Exception {
    write(data, 3);
    List<CatalogEntry> before = list(data);
    inDatabase("UPDATE segment SET packets = 99", change);
    assertThat(list(data)).isEqualTo(before);
  }

  @Test
  void aRecordingsNameThatIsNoneIsDamage() throws Exception {
    write(data, 3);
    List<CatalogEntry> before = list(data);
    inDatabase("UPDATE segment SET recording = 'what?' WHERE number = 2");
    assertThat(list(data)).isEqualTo(before);
  }

  /** One digit of one row, on the disk: the rows are then no longer in the order of their key. */
  @Test
  void aRowInAnotherRecordingsPlaceIsDamage() throws Exception {
    write(data, 40);
    List<CatalogEntry> before = list(data);
    Path file = data.resolve("catalog.db");
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    int at = -1;
    for (int row = 1; row <= 18; row++) {
      at = bytes.indexOf(RECORDING.toString(), at + 1);
    }
    Files.writeString(
        file, bytes.substring(0, at) + "5" + bytes.substring(at + 1), StandardCharsets.ISO_8859_1);
    assertThat(list(data)).isEqualTo(before);
  }

  @Test
  void aNumberThatIsNotTheFilesIsNotBelieved() throws Exception {
    write(data, 3);
    List<CatalogEntry> before = list(data);
    inDatabase("UPDATE segment SET number = 99 WHERE number = 3");
    assertThat(list(data)).isEqualTo(before);
  }

  @Test
  void aLinkInPlaceOfTheDatabaseIsNotFollowed() throws IOException {
    write(data, 3);
    Path elsewhere = Files.createFile(data.resolve("elsewhere"));
    Files.createSymbolicLink(data.resolve("catalog.db"), elsewhere);
    assertThat(list(data)).hasSize(3);
    assertThat(elsewhere).isEmptyFile();
  }

  @Test
  void onlyItsOwnerReadsTheDatabase() throws IOException {
    assertThat(list(data)).isEmpty();
    assertThat(Files.getPosixFilePermissions(data.resolve("catalog.db")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"+292278993-01-01T00:00:00Z", "-292275055-01-01T00:00:00Z"})
  void aSidecarWithATimeThatNoFrameHasIsNotBelieved(String absurd) throws IOException {
    write(data, 2);
    RecordedSegments recorded = new RecordedSegments(data);
    Path sidecar = recorded.sidecar(RECORDING, 1);
    String first = RecordedSegments.name(1).opened().toString();
    Files.writeString(sidecar, Files.readString(sidecar).replace(first, absurd));
    assertThat(list(data)).extracting(CatalogEntry::number).containsExactly(2);
  }

  @Test
  void aSidecarWhoseFileTimeIsFarAheadIsReadAsAnyOther() throws IOException {
    write(data, 2);
    Path sidecar = new RecordedSegments(data).sidecar(RECORDING, 1);
    Files.setLastModifiedTime(sidecar, FileTime.from(Instant.parse("2440-01-01T00:00:00Z")));
    assertThat(list(data)).hasSize(2);
  }

  @Test
  void ofTwoSegmentsWithOneNumberTheOlderCounts() throws IOException {
    RecordedSegments recorded = new RecordedSegments(data);
    recorded.write(RECORDING, 1, 5);
    Path directory = recorded.directory(RECORDING);
    String name = RecordedSegments.name(1).fileName();
    String copy = RecordedSegments.name(0).fileName().replace("-000000", "-000001");
    try (Catalog catalog = Catalog.open(data)) {
      Files.copy(directory.resolve(name), directory.resolve(copy));
      Files.writeString(
          directory.resolve(copy + ".json"),
          Files.readString(directory.resolve(name + ".json"))
              .replace(name, copy)
              .replace("\"packets\" : 5", "\"packets\" : 6"));
      catalog.refresh();
      assertThat(catalog.segments(RECORDING, 0, 10))
          .extracting(CatalogEntry::file, CatalogEntry::packets)
          .containsExactly(tuple(copy, 6L));
      Files.delete(directory.resolve(copy + ".json"));
      catalog.refresh();
      assertThat(catalog.segments(RECORDING, 0, 10))
          .extracting(CatalogEntry::file)
          .containsExactly(name);
    }
  }

  @Test
  void anEntryThatNamesAnotherPlaceHasNoFile() throws IOException {
    RecordedSegments recorded = new RecordedSegments(data);
    recorded.write(RECORDING, 1, 1);
    recorded.write(new UUID(7, 2), 1, 1);
    Path secret = Files.createFile(data.resolve("secret"));
    String other = "../" + new UUID(7, 2) + "/" + RecordedSegments.name(1).fileName();
    try (Catalog catalog = Catalog.open(data)) {
      CatalogEntry entry = catalog.segment(RECORDING, 1).orElseThrow();
      for (String file : List.of(secret.toString(), "../../secret", other, ".", "..", "")) {
        CatalogEntry forged =
            new CatalogEntry(
                1, file, 1, 60, 100, null, null, false, null, entry.linkType(), file, 100, null);
        assertThatThrownBy(() -> catalog.path(RECORDING, forged))
            .as(file)
            .isInstanceOf(NoSuchFileException.class);
      }
    }
  }
}
