package io.tapdeck.web.privilege;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data directory of root's that is handed over to an account. */
@Tag("lab")
class DataOwnershipTest {
  private static final String ID = "6f1c1d2e-0000-4000-8000-000000000001";
  private static final String SEGMENT = "20261123T135719.123456789Z-000001.pcap";

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  DataOwnershipTest() {}

  private static Account nobody() throws IOException {
    return Account.find("nobody").orElseThrow();
  }

  private static String owner(Path file) throws IOException {
    return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName();
  }

  private static Path file(Path path) throws IOException {
    Files.createDirectories(path.getParent());
    return Files.writeString(path, "x");
  }

  @Test
  void whatTheApplianceKeepsIsHandedOverAndNothingElse() throws Exception {
    Path data = directory.resolve("data");
    Path recording = data.resolve("recordings").resolve(ID);
    Path segment = file(recording.resolve(SEGMENT));
    Path sidecar = file(recording.resolve(SEGMENT + ".json"));
    Path document = file(recording.resolve("recording.json"));
    Path said = file(recording.resolve("recorder.err"));
    Path accounts = file(data.resolve("accounts.db-wal"));
    Path key = file(data.resolve("tls/key.pem"));
    Path foreign = file(data.resolve("recordings/notes.txt"));
    Path alien = file(recording.resolve("notes.txt"));
    Path socket = recording.resolve("control.sock");
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(UnixDomainSocketAddress.of(socket));
      DataOwnership.handOver(data, nobody());
      for (Path ours :
          new Path[] {
            data,
            recording,
            segment,
            sidecar,
            document,
            said,
            accounts,
            key,
            socket,
            key.getParent()
          }) {
        assertThat(owner(ours)).as(ours.toString()).isEqualTo("nobody");
      }
      assertThat(owner(foreign)).isEqualTo("root");
      assertThat(owner(alien)).isEqualTo("root");
    }
  }

  @Test
  void noLinkIsFollowed() throws Exception {
    Path elsewhere = directory.resolve("outside");
    Path outside = file(elsewhere.resolve(SEGMENT));
    Path data = Files.createDirectory(directory.resolve("data"));
    Path recordings = Files.createDirectory(data.resolve("recordings"));
    Files.createSymbolicLink(recordings.resolve(ID), elsewhere);
    Files.createSymbolicLink(data.resolve("accounts.db"), outside);
    Files.createSymbolicLink(data.resolve("replays"), elsewhere);
    Files.createLink(data.resolve("catalog.db"), outside);
    DataOwnership.handOver(data, nobody());
    assertThat(owner(recordings)).isEqualTo("nobody");
    assertThat(owner(outside)).isEqualTo("root");
    assertThat(owner(elsewhere)).isEqualTo("root");
  }

  @Test
  void whatRootLeavesThereLaterIsHandedOverToo() throws Exception {
    Path data = directory.resolve("data");
    DataOwnership.handOver(data, nobody());
    assertThat(Files.getPosixFilePermissions(data))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    Path recording = data.resolve("recordings").resolve(ID);
    Path segment = file(recording.resolve(SEGMENT));
    DataOwnership.handOver(data, nobody());
    assertThat(owner(segment)).isEqualTo("nobody");
    assertThat(owner(recording)).isEqualTo("nobody");
  }

  @Test
  void theDirectoryOfAnotherUserIsLeft() throws Exception {
    Path data = directory.resolve("data");
    DataOwnership.handOver(data, nobody());
    Account daemon = Account.find("daemon").orElseThrow();
    assertThatThrownBy(() -> DataOwnership.handOver(data, daemon))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("belongs to nobody");
    assertThat(owner(data)).isEqualTo("nobody");
  }
}
