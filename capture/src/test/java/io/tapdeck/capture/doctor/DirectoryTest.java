package io.tapdeck.capture.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.capture.os.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On real file systems, mounted for the purpose. */
@Tag("lab")
@Timeout(60)
class DirectoryTest {
  private static final long MEBIBYTE = 1 << 20;
  private static final long RING = 64 * MEBIBYTE;
  private static final Duration BRIEF = Duration.ofMillis(50);

  @TempDir private Path temporary;
  private Path mount;
  private final List<Path> mounted = new ArrayList<>();

  @BeforeEach
  void makeMountPoint() throws Exception {
    mount = Files.createDirectory(temporary.resolve("mount"));
  }

  @AfterEach
  void unmount() throws Exception {
    for (Path point : mounted) {
      Shell.run("umount", point.toString());
    }
  }

  private void mount(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(words));
    command.add(mount.toString());
    Shell.run(command.toArray(String[]::new));
    mounted.add(mount);
  }

  /** An ext4 of 64 MiB, on a loop device that goes with its mount. */
  private void mountDisk() throws Exception {
    Path image = temporary.resolve("image");
    Shell.run("truncate", "-s", "64M", image.toString());
    Shell.run("mkfs.ext4", "-q", "-m", "0", image.toString());
    mount("-o", "loop", image.toString());
  }

  private static Section judge(DirectoryFacts facts) {
    return DirectoryChecks.judge(facts, RING, OptionalLong.empty());
  }

  private static Finding find(Section section, String check) {
    return new Findings(section).get(check);
  }

  @Test
  void aDiskIsMeasuredAndLeftAsItWas() throws Exception {
    mountDisk();
    List<String> before = names();
    long free = Files.getFileStore(mount).getUsableSpace();
    DirectoryFacts facts = DirectoryFacts.read(mount);
    DiskSpeed speed = facts.speed().orElseThrow();
    assertThat(facts.fileSystem()).isEqualTo("ext4");
    assertThat(facts.freeBytes()).isEqualTo(free);
    assertThat(speed.direct()).isEqualTo(takesDirect());
    assertThat(speed.bytes())
        .isPositive()
        .isLessThanOrEqualTo(free / 10)
        .isGreaterThan(free / 10 - DiskTrial.PIECE_BYTES);
    assertThat(speed.slowestWrite()).isPositive().isLessThanOrEqualTo(speed.time());
    assertThat(names()).isEqualTo(before);
    assertThat(Files.getFileStore(mount).getUsableSpace()).isEqualTo(free);
    assertThat(find(judge(facts), "direct I/O").grade()).isEqualTo(Grade.GOOD);
    assertThat(find(judge(facts), "write speed").grade()).isEqualTo(Grade.GOOD);
    // Less than two segments fit.
    assertThat(find(judge(facts), "free space").grade()).isNotEqualTo(Grade.GOOD);
  }

  @Test
  void aTrialEndsInTimeWhateverRoomThereIs() throws Exception {
    long begin = System.nanoTime();
    DiskSpeed speed = DiskTrial.run(temporary, Long.MAX_VALUE, BRIEF);
    assertThat(speed.time()).isGreaterThanOrEqualTo(BRIEF);
    assertThat(speed.bytes() % DiskTrial.PIECE_BYTES).isZero();
    assertThat(speed.bytesPerSecond()).isEqualTo(speed.bytes() * 1e9 / speed.time().toNanos());
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
  }

  /** The kernel's tmpfs takes O_DIRECT since 6.6: dd tells whether this one does. */
  @Test
  void whetherMemoryTakesDirectWritesIsFoundOut() throws Exception {
    mount("-t", "tmpfs", "-o", "size=512M", "tmpfs");
    DirectoryFacts facts = DirectoryFacts.read(mount);
    DiskSpeed speed = facts.speed().orElseThrow();
    assertThat(speed.direct()).isEqualTo(takesDirect());
    assertThat(speed.bytes()).isPositive().isLessThanOrEqualTo(51 * MEBIBYTE);
    assertThat(find(judge(facts), "directory").found()).contains("in memory");
    assertThat(names()).isEmpty();
  }

  @Test
  void aFileSystemThatRefusesDirectWritesIsWrittenThroughThePageCache() throws Exception {
    mount("-t", "ramfs", "ramfs");
    assertThat(takesDirect()).isFalse();
    DirectoryFacts facts = DirectoryFacts.read(mount);
    DiskSpeed speed = facts.speed().orElseThrow();
    assertThat(speed.direct()).isFalse();
    assertThat(speed.directRefusal()).isEqualTo("Invalid argument");
    assertThat(speed.bytes()).isEqualTo(64 * MEBIBYTE);
    Finding direct = find(judge(facts), "direct I/O");
    assertThat(direct.grade()).isEqualTo(Grade.WARN);
    assertThat(direct.found()).contains("refused by ramfs (Invalid argument)");
    assertThat(find(judge(facts), "free space").found()).isEqualTo("the file system does not say");
    assertThat(names()).isEmpty();
  }

  @Test
  void aFullDiskIsBad() throws Exception {
    mountDisk();
    Path filler = mount.resolve("filler");
    assertThat(Shell.succeeds("dd", "if=/dev/zero", "of=" + filler, "bs=1M")).isFalse();
    DirectoryFacts facts = DirectoryFacts.read(mount);
    Section section = judge(facts);
    assertThat(facts.freeBytes()).isLessThan(MEBIBYTE);
    assertThat(find(section, "free space").grade()).isEqualTo(Grade.BAD);
    assertThat(find(section, "direct I/O").grade()).isEqualTo(Grade.GOOD);
    assertThat(find(section, "write speed").found())
        .isEqualTo("not measured: too little space is free");
    assertThat(names()).containsExactlyInAnyOrder("filler", "lost+found");
  }

  @Test
  void onAReadOnlyDiskNothingIsWritten() throws Exception {
    mountDisk();
    Shell.run("mount", "-o", "remount,ro", mount.toString());
    Section section = judge(DirectoryFacts.read(mount));
    Finding directory = find(section, "directory");
    assertThat(directory.grade()).isEqualTo(Grade.BAD);
    assertThat(directory.found()).contains("read-only");
    Shell.run("sh", "-c", directory.remedy().orElseThrow());
    assertThat(find(judge(DirectoryFacts.read(mount)), "directory").grade()).isEqualTo(Grade.GOOD);
  }

  @Test
  void aMissingDirectoryIsBadAndItsRemedyMakesIt() throws Exception {
    Path missing = temporary.resolve("it's not/there");
    Section section = judge(DirectoryFacts.read(missing));
    assertThat(section.findings()).hasSize(1);
    assertThat(find(section, "directory").grade()).isEqualTo(Grade.BAD);
    Shell.run("sh", "-c", find(section, "directory").remedy().orElseThrow());
    assertThat(find(judge(DirectoryFacts.read(missing)), "directory").grade())
        .isNotEqualTo(Grade.BAD);
  }

  @Test
  void aFileIsNoDirectory() throws Exception {
    Path file = Files.createFile(temporary.resolve("file"));
    assertThat(find(judge(DirectoryFacts.read(file)), "directory").found())
        .isEqualTo("it is none, but a file");
  }

  @Test
  void whereARecorderWritesTheDiskIsLeftAlone() throws Exception {
    try (DirectoryLock recorder = DirectoryLock.tryLock(temporary).orElseThrow()) {
      DirectoryFacts facts = DirectoryFacts.read(temporary);
      assertThat(facts.inUse()).isTrue();
      assertThat(facts.speed()).isEmpty();
      assertThat(find(judge(facts), "write speed").found()).contains("a recorder writes here");
      assertThat(recorder).isNotNull();
    }
    assertThat(DirectoryFacts.read(temporary).inUse()).isFalse();
  }

  @Test
  void aDirectoryThatIsGoneMeanwhileIsAnError() {
    assertThatThrownBy(() -> DiskTrial.run(temporary.resolve("gone"), MEBIBYTE, BRIEF))
        .isInstanceOf(IOException.class);
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(mount)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private boolean takesDirect() throws Exception {
    Path probe = mount.resolve("probe");
    try {
      return Shell.succeeds(
          "dd", "if=/dev/zero", "of=" + probe, "bs=4096", "count=1", "oflag=direct");
    } finally {
      Files.deleteIfExists(probe);
    }
  }
}
