package io.tapdeck.web.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.web.command.VethLab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings as child processes that go on without the appliance. */
@Tag("lab")
class RecordingsTest {
  @TempDir private Path data;
  private JobLab lab;

  @BeforeEach
  void open() throws Exception {
    lab = new JobLab(data);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void whatCameIsCountedExactlyAndAllOfItIsOnDiskOnceStopped() throws Exception {
    UUID id = lab.record(lab.request());
    lab.send(1000);
    lab.awaitWritten(id, 1000);
    RecordingView ended = lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(ended.state()).isEqualTo(RecordingState.ENDED);
    assertThat(ended.reason()).isEmpty();
    assertThat(ended.figures().received()).isEqualTo(1000);
    assertThat(ended.figures().written()).isEqualTo(1000);
    assertThat(ended.figures().writtenBytes()).isEqualTo(60_000);
    assertThat(ended.interruptions()).isZero();
    assertThat(lab.packetsOnDisk(id)).isEqualTo(1000);
    assertThat(lab.processes(id)).isEmpty();
    assertThat(lab.recordings().samples(id))
        .last()
        .satisfies(last -> assertThat(last.figures().written()).isEqualTo(1000));
    assertThat(Files.getPosixFilePermissions(lab.directory(id)))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void askedAgainWithTheSameIdItDoesNothingAndWithAnotherWishItRefuses() throws Exception {
    UUID id = lab.record(lab.request());
    assertThat(lab.recordings().create(id, lab.request(), "another").isNew()).isFalse();
    assertThat(lab.processes(id)).hasSize(1);
    assertThatThrownBy(() -> lab.recordings().create(id, lab.request(5L, null), "operator"))
        .isInstanceOf(JobRefusal.class)
        .hasMessageContaining("is another");
    RecordingRetention one = new RecordingRetention(null, 1L, null, null);
    var _ = lab.recordings().keep(id, one, JobLab.PATIENCE);
    Recordings.Created again = lab.recordings().create(id, lab.request(), "operator");
    assertThat(again.isNew()).isFalse();
    assertThat(again.view().request().retention()).isEqualTo(one);
  }

  @Test
  void theDataDirectoryMayHaveALongPath() throws Exception {
    Path deep = Files.createDirectories(data.resolve("d".repeat(200)));
    try (JobLab.Other other = lab.other(deep, lab.program())) {
      UUID id = UUID.randomUUID();
      assertThat(other.recordings().create(id, lab.request(), "operator").view().state())
          .isEqualTo(RecordingState.RECORDING);
      lab.send(10);
      VethLab.await(
          () -> other.recordings().find(id).orElseThrow().figures().written() == 10,
          "it is heard of");
      assertThat(other.recordings().stop(id, JobLab.PATIENCE).state())
          .isEqualTo(RecordingState.ENDED);
    }
  }

  @Test
  void aRecordingThatTheRecorderRefusesLeavesNothing() throws Exception {
    UUID id = UUID.randomUUID();
    VethLab.run("ip", "-n", lab.veth.far(), "link", "set", VethLab.FAR, "down");
    assertThatThrownBy(() -> lab.recordings().create(id, lab.request(), "operator"))
        .isInstanceOf(JobRefusal.class)
        .hasMessageStartingWith("interface tdr-far is down");
    assertThat(lab.recordings().find(id)).isEmpty();
    assertThat(lab.directory(id)).doesNotExist();
  }

  @Test
  void aFilterThatLooksLikeAnOptionIsAFilter() throws Exception {
    UUID id = UUID.randomUUID();
    RecordingRequest request =
        new RecordingRequest(
            "--help",
            null,
            VethLab.FAR,
            lab.veth.far(),
            "--help",
            "auto",
            262144,
            1 << 30,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    assertThatThrownBy(() -> lab.recordings().create(id, request, "operator"))
        .isInstanceOf(JobRefusal.class)
        .hasMessageContaining("filter");
  }

  @Test
  void aRecorderThatIsKilledIsStartedAgainAndCountedAsAnInterruption() throws Exception {
    UUID id = lab.record(lab.request());
    lab.send(1000);
    lab.awaitWritten(id, 1000);
    lab.kill(id);
    lab.awaitRecording(
        id,
        "it records again",
        view -> view.interruptions() == 1 && view.state() == RecordingState.RECORDING);
    lab.send(500);
    lab.awaitWritten(id, 1500);
    RecordingView ended = lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(ended.figures().written()).isEqualTo(1500);
    assertThat(ended.figures().received()).isEqualTo(1500);
    assertThat(ended.interruptions()).isEqualTo(1);
    JobLab.assertBalanced(ended.figures());
    assertThat(lab.packetsOnDisk(id)).isEqualTo(1500);
  }

  @Test
  void aRecordingGoesOnWithoutTheApplianceAndIsFoundByTheNext() throws Exception {
    UUID id = lab.record(lab.request());
    lab.send(100);
    lab.awaitWritten(id, 100);
    lab.letGo();
    lab.send(900);
    long pid = lab.processes(id).getFirst().pid();
    lab.open();
    lab.awaitState(id, RecordingState.RECORDING);
    lab.awaitWritten(id, 1000);
    assertThat(lab.processes(id)).singleElement().extracting(ProcessHandle::pid).isEqualTo(pid);
    RecordingView ended = lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(ended.figures().received()).isEqualTo(1000);
    assertThat(ended.interruptions()).isZero();
    assertThat(lab.packetsOnDisk(id)).isEqualTo(1000);
  }

  @Test
  void aRecordingWhoseRecorderWasKilledWhileTheApplianceWasAwayIsResumed() throws Exception {
    UUID id = lab.record(lab.request());
    lab.send(1000);
    lab.awaitWritten(id, 1000);
    lab.letGo();
    lab.kill(id);
    lab.open();
    RecordingView resumed = lab.awaitState(id, RecordingState.RECORDING);
    assertThat(resumed.figures().written()).isEqualTo(1000);
    assertThat(resumed.interruptions()).isEqualTo(1);
    lab.send(500);
    lab.awaitWritten(id, 1500);
    RecordingView ended = lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(ended.figures().written()).isEqualTo(1500);
    JobLab.assertBalanced(ended.figures());
    assertThat(lab.packetsOnDisk(id)).isEqualTo(1500);
  }

  @Test
  void aRecordingThatReachedItsLimitWhileTheApplianceWasAwayIsNotResumed() throws Exception {
    UUID id = lab.record(lab.request(1000L, null));
    lab.letGo();
    lab.send(1000);
    VethLab.await(() -> lab.processes(id).isEmpty(), "the recorder has ended");
    lab.open();
    RecordingView ended = lab.awaitState(id, RecordingState.ENDED);
    assertThat(ended.figures().written()).isEqualTo(1000);
    assertThat(ended.interruptions()).isZero();
    assertThat(lab.processes(id)).isEmpty();
  }

  @Test
  void aLimitCountsOverAnInterruption() throws Exception {
    UUID id = lab.record(lab.request(1000L, null));
    lab.send(600);
    lab.awaitWritten(id, 600);
    lab.kill(id);
    lab.awaitRecording(
        id,
        "it records again",
        view -> view.interruptions() == 1 && view.state() == RecordingState.RECORDING);
    lab.send(700);
    RecordingView ended = lab.awaitState(id, RecordingState.ENDED);
    assertThat(ended.figures().written()).isEqualTo(1000);
    JobLab.assertBalanced(ended.figures());
    assertThat(lab.packetsOnDisk(id)).isEqualTo(1000);
  }

  @Test
  void aRecorderThatTheMachineEndedInOrderIsStartedAgain() throws Exception {
    UUID id = lab.record(lab.request());
    lab.send(100);
    lab.awaitWritten(id, 100);
    lab.letGo();
    lab.processes(id).forEach(ProcessHandle::destroy);
    VethLab.await(() -> lab.processes(id).isEmpty(), "the recorder has ended");
    lab.open();
    RecordingView resumed = lab.awaitState(id, RecordingState.RECORDING);
    assertThat(resumed.figures().written()).isEqualTo(100);
    assertThat(resumed.interruptions()).isEqualTo(1);
  }

  @Test
  void aRecordingWaitsForAnInterfaceThatIsGoneAndGoesOnWhenItIsBack() throws Exception {
    UUID id = lab.record(lab.request());
    lab.send(1000);
    lab.awaitWritten(id, 1000);
    lab.veth.deleteLink();
    RecordingView waiting = lab.awaitState(id, RecordingState.WAITING);
    assertThat(waiting.reason()).contains(VethLab.FAR);
    lab.awaitRecording(
        id, "it was tried again", view -> view.reason().endsWith("the interface is gone"));
    lab.veth.addLink();
    assertThat(lab.awaitState(id, RecordingState.RECORDING).reason()).isEmpty();
    lab.send(500);
    lab.awaitWritten(id, 1500);
    RecordingView ended = lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(ended.figures().written()).isEqualTo(1500);
    assertThat(ended.interruptions()).isZero();
    JobLab.assertBalanced(ended.figures());
    assertThat(lab.packetsOnDisk(id)).isEqualTo(1500);
  }

  @Test
  void aRecordingThatWaitsEndsWhenItIsStopped() throws Exception {
    UUID id = lab.record(lab.request());
    lab.veth.deleteLink();
    lab.awaitState(id, RecordingState.WAITING);
    RecordingView ended = lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(ended.state()).isEqualTo(RecordingState.ENDED);
    assertThat(lab.processes(id)).isEmpty();
    lab.letGo();
    lab.open();
    assertThat(lab.recording(id).state()).isEqualTo(RecordingState.ENDED);
  }

  /** A rate is not to be had from readings of two runs, with any time between. */
  @Test
  void theReadingsOfARunAreItsOwn() throws Exception {
    UUID id = lab.record(lab.request());
    lab.send(1000);
    lab.awaitWritten(id, 1000);
    var _ = lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(lab.recordings().samples(id)).isNotEmpty();
    Instant between = Instant.now();
    var _ = lab.recordings().resume(id);
    lab.send(10);
    lab.awaitWritten(id, 1010);
    assertThat(lab.recordings().samples(id))
        .isNotEmpty()
        .allSatisfy(one -> assertThat(one.at()).isAfter(between));
  }

  @Test
  void aRecordingThatHasEndedCanGoOnAndBeDeleted() throws Exception {
    UUID id = lab.record(lab.request());
    lab.send(10);
    lab.awaitWritten(id, 10);
    assertThatThrownBy(() -> lab.recordings().delete(id)).hasMessageContaining("stop it first");
    lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(lab.recordings().resume(id).state()).isEqualTo(RecordingState.RECORDING);
    lab.send(5);
    lab.awaitWritten(id, 15);
    RecordingView ended = lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(ended.figures().received()).isEqualTo(15);
    assertThat(ended.interruptions()).isZero();
    Path foreign = Files.writeString(lab.directory(id).resolve("notes.txt"), "mine");
    lab.recordings().delete(id);
    assertThat(lab.recordings().find(id)).isEmpty();
    try (var left = Files.list(lab.directory(id))) {
      assertThat(left).containsExactly(foreign);
    }
  }

  @Test
  void aDamagedDocumentIsLeftAloneAndHidesNoOther() throws Exception {
    UUID good = lab.record(lab.request());
    UUID damaged = lab.record(lab.request());
    lab.recordings().stop(good, JobLab.PATIENCE);
    lab.recordings().stop(damaged, JobLab.PATIENCE);
    lab.letGo();
    Path document = lab.directory(damaged).resolve("recording.json");
    Files.writeString(document, Files.readString(document).substring(1));
    lab.open();
    assertThat(lab.recordings().all()).extracting(RecordingView::id).containsExactly(good);
    assertThat(document).exists();
    assertThatThrownBy(() -> lab.recordings().create(damaged, lab.request(), "operator"))
        .isInstanceOf(JobRefusal.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void stoppingWhileTheApplianceIsAboutToGoIsCarriedOutByTheNext() throws Exception {
    UUID id = lab.record(lab.request());
    lab.recordings().stop(id, Duration.ZERO);
    lab.letGo();
    lab.open();
    assertThat(lab.awaitState(id, RecordingState.ENDED).interruptions()).isZero();
    // Its report is its last word, and it may still have to end.
    lab.awaitNoProcess(id);
  }

  private long segments(UUID id) {
    try (var files = Files.list(lab.directory(id))) {
      return files.filter(file -> file.toString().endsWith(".pcap")).count();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  @Test
  void whatIsKeptIsChangedWhileItRecordsWithoutLosingAFrameAndHoldsForTheNextRecorder()
      throws Exception {
    UUID id = lab.record(ring(100, 100_000, 1000));
    lab.send(5000);
    lab.awaitWritten(id, 5000);
    VethLab.await(() -> segments(id) == 3, "three segments are complete");
    Process sending = lab.startSending(4000, 2000);
    RecordingRetention one = new RecordingRetention(null, 1L, null, null);
    RecordingView kept = lab.recordings().keep(id, one, JobLab.PATIENCE);
    assertThat(kept.retentionApplied()).isTrue();
    assertThat(kept.request().retention()).isEqualTo(one);
    VethLab.await(() -> segments(id) == 1, "the oldest are removed");
    assertThat(lab.recordings().keep(id, RecordingRetention.ALL, JobLab.PATIENCE))
        .extracting(RecordingView::retentionApplied)
        .isEqualTo(true);
    assertThat(sending.waitFor()).isZero();
    lab.awaitWritten(id, 9000);
    VethLab.await(() -> segments(id) > 1, "all are kept");
    assertThat(lab.recordings().keep(id, one, JobLab.PATIENCE).retentionApplied()).isTrue();
    VethLab.await(() -> segments(id) == 1, "all but one are removed");
    lab.kill(id);
    lab.awaitRecording(
        id,
        "it records again, and keeps the same",
        view -> view.interruptions() == 1 && view.retentionApplied());
    lab.send(100);
    lab.awaitWritten(id, 9100);
    RecordingView ended = lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(ended.figures().written()).isEqualTo(9100);
    assertThat(ended.figures().droppedKernel()).isZero();
    assertThat(ended.retentionApplied()).isFalse();
    JobLab.assertBalanced(ended.figures());
    assertThat(segments(id)).isEqualTo(1);
    lab.letGo();
    lab.open();
    assertThat(lab.recording(id).request().retention()).isEqualTo(one);
  }

  private RecordingRequest ring(int snaplen, long rotateSize, long keepFiles) {
    return new RecordingRequest(
        "a ring",
        null,
        VethLab.FAR,
        lab.veth.far(),
        "ether proto 0x88b5",
        "in",
        snaplen,
        rotateSize,
        Duration.ofHours(1),
        1L << 40,
        keepFiles,
        Duration.ofDays(300),
        1,
        Duration.ofMillis(3_600_001),
        1L << 41,
        1_000_000L);
  }

  @Test
  void everyWishIsUnderstoodByTheRecorderAndRetentionTakesNothingFromTheFigures() throws Exception {
    UUID id = lab.record(ring(100, 100_000, 2));
    lab.send(5000);
    lab.awaitWritten(id, 5000);
    lab.kill(id);
    lab.awaitRecording(
        id,
        "it records again",
        view -> view.interruptions() == 1 && view.state() == RecordingState.RECORDING);
    lab.send(100);
    lab.awaitWritten(id, 5100);
    RecordingView ended = lab.recordings().stop(id, JobLab.PATIENCE);
    assertThat(ended.figures().written()).isEqualTo(5100);
    assertThat(ended.figures().writtenBytes()).isEqualTo(5100 * 60);
    JobLab.assertBalanced(ended.figures());
    assertThat(lab.packetsOnDisk(id)).isPositive().isLessThan(5100);
  }
}
