package io.tapdeck.web.job;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.segment.ArchiveListener;
import io.tapdeck.capture.segment.ArchiveSettings;
import io.tapdeck.capture.segment.SegmentArchiver;
import io.tapdeck.web.command.VethLab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays as child processes that go on without the appliance. */
@Tag("lab")
class ReplaysTest {
  private static final int FRAMES = 300;

  @TempDir private Path data;
  private JobLab lab;
  private UUID recording;

  @BeforeEach
  void open() throws Exception {
    lab = new JobLab(data);
    recording = lab.record(lab.request());
    lab.send(FRAMES);
    lab.awaitWritten(recording, FRAMES);
    lab.recordings().stop(recording, JobLab.PATIENCE);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  private ReplayRequest toFarEnd(ReplayPace pace, long loops) {
    return to(VethLab.NEAR, lab.veth.near(), null, pace, loops);
  }

  private ReplayRequest to(
      String name, String netns, @Nullable List<Integer> segments, ReplayPace pace, long loops) {
    return new ReplayRequest(recording, segments, name, netns, pace, loops);
  }

  private static ReplayPace topSpeed() {
    return new ReplayPace(null, null, null, true);
  }

  private static ReplayPace pps(long rate) {
    return new ReplayPace(null, rate, null, null);
  }

  private ReplayDocument await(UUID id, ReplayState state) {
    VethLab.await(() -> lab.replays().find(id).orElseThrow().state() == state, "it is " + state);
    return lab.replays().find(id).orElseThrow();
  }

  @Test
  void everyFrameArrivesAndIsCounted() throws Exception {
    long before = lab.veth.received();
    UUID id = UUID.randomUUID();
    ReplayDocument begun = lab.replays().create(id, toFarEnd(topSpeed(), 3), "operator").replay();
    assertThat(begun.total()).isEqualTo(3 * FRAMES);
    assertThat(begun.segments()).containsExactly(1);
    ReplayDocument done = await(id, ReplayState.DONE);
    assertThat(done.figures().sent()).isEqualTo(3 * FRAMES);
    assertThat(done.figures().read()).isEqualTo(3 * FRAMES);
    assertThat(done.reason()).isEmpty();
    assertThat(done.report()).isNotNull();
    assertThat(lab.veth.received() - before).isEqualTo(3 * FRAMES);
    lab.letGo();
    lab.open();
    assertThat(lab.replays().find(id)).contains(done);
    lab.replays().delete(id);
    assertThat(data.resolve("replays").resolve(id.toString())).doesNotExist();
  }

  @Test
  void whatIsNotSeenToArriveIsNoSuccess() throws Exception {
    UUID id = UUID.randomUUID();
    // What an interface sends does not arrive at it.
    ReplayDelivery watched =
        new ReplayDelivery(
            null, null, null, null, true, List.of(VethLab.NEAR + "@" + lab.veth.near()), null);
    ReplayRequest request =
        new ReplayRequest(
            recording,
            null,
            VethLab.NEAR,
            lab.veth.near(),
            topSpeed(),
            2,
            null,
            null,
            null,
            null,
            null,
            watched);
    lab.replays().create(id, request, "operator");
    ReplayDocument failed = await(id, ReplayState.FAILED);
    assertThat(failed.reason()).contains("Of 600 frames 0 arrived", "600 are missing");
    assertThat(failed.figures().sent()).isEqualTo(2 * FRAMES);
    assertThat(failed.figures().passesDone()).isEqualTo(2);
  }

  @Test
  void compressedSegmentsArePlayedAndDeletedLikeOthers() throws Exception {
    Path directory = lab.directory(recording);
    ArchiveSettings settings =
        new ArchiveSettings(true, Compression.ZSTD, ArchiveSettings.USUAL_RATE);
    try (SegmentArchiver archiver =
        SegmentArchiver.start(directory, settings, () -> false, ArchiveListener.NONE)) {
      assertThat(archiver.awaitIdle(JobLab.PATIENCE)).isTrue();
    }
    try (var files = Files.list(directory)) {
      assertThat(files).anyMatch(file -> file.toString().endsWith(".pcap.zst"));
    }
    long before = lab.veth.received();
    UUID id = UUID.randomUUID();
    ReplayDocument begun = lab.replays().create(id, toFarEnd(topSpeed(), 2), "operator").replay();
    assertThat(begun.total()).isEqualTo(2 * FRAMES);
    assertThat(await(id, ReplayState.DONE).figures().sent()).isEqualTo(2 * FRAMES);
    assertThat(lab.veth.received() - before).isEqualTo(2 * FRAMES);
    lab.recordings().delete(recording);
    assertThat(directory).doesNotExist();
  }

  @Test
  void aReplayGoesOnWithoutTheApplianceAndIsStoppedByTheNext() throws Exception {
    UUID id = UUID.randomUUID();
    lab.replays().create(id, toFarEnd(pps(100), 1000), "operator");
    lab.letGo();
    long pid = lab.processes(id).getFirst().pid();
    lab.open();
    VethLab.await(
        () -> lab.replays().find(id).orElseThrow().figures().sent() > 0, "it is heard again");
    assertThat(lab.processes(id)).singleElement().extracting(ProcessHandle::pid).isEqualTo(pid);
    ReplayDocument stopped = lab.replays().stop(id, JobLab.PATIENCE);
    assertThat(stopped.state()).isEqualTo(ReplayState.STOPPED);
    assertThat(stopped.figures().sent()).isPositive().isLessThan(1000L * FRAMES);
    assertThat(lab.processes(id)).isEmpty();
  }

  @Test
  void aReplayThatCameToItsEndWhileTheApplianceWasAwayIsDone() throws Exception {
    UUID id = UUID.randomUUID();
    lab.replays().create(id, toFarEnd(pps(300), 2), "operator");
    lab.letGo();
    VethLab.await(() -> lab.processes(id).isEmpty(), "the player has ended");
    lab.open();
    assertThat(await(id, ReplayState.DONE).figures().sent()).isEqualTo(2 * FRAMES);
  }

  @Test
  void aReplayWhosePlayerIsKilledIsInterruptedAndNotResumed() throws Exception {
    UUID id = UUID.randomUUID();
    lab.replays().create(id, toFarEnd(pps(100), 1000), "operator");
    lab.kill(id);
    assertThat(await(id, ReplayState.INTERRUPTED).reason()).startsWith("its player was killed");
    UUID away = UUID.randomUUID();
    lab.replays().create(away, toFarEnd(pps(100), 1000), "operator");
    lab.letGo();
    lab.kill(away);
    lab.open();
    await(away, ReplayState.INTERRUPTED);
    assertThat(lab.processes(away)).isEmpty();
  }

  @Test
  void nothingIsPlayedIntoARecordingOrAMirrorsNic() throws Exception {
    UUID id = UUID.randomUUID();
    lab.recordings().resume(recording);
    ReplayRequest intoRecording = to(VethLab.FAR, lab.veth.far(), null, topSpeed(), 1);
    assertThatThrownBy(() -> lab.replays().create(id, intoRecording, "operator"))
        .isInstanceOfSatisfying(
            JobRefusal.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(JobRefusal.Kind.CONFLICT))
        .hasMessageContaining("is being recorded by 'far end'");
    String other = "another-name-of-the-far-end";
    VethLab.run(
        "ip",
        "-n",
        lab.veth.far(),
        "link",
        "property",
        "add",
        "dev",
        VethLab.FAR,
        "altname",
        other);
    ReplayRequest byOtherName = to(other, lab.veth.far(), null, topSpeed(), 1);
    assertThatThrownBy(() -> lab.replays().create(id, byOtherName, "operator"))
        .isInstanceOf(JobRefusal.class)
        .hasMessageContaining("there is no interface '" + other + "'");
    lab.recordings().stop(recording, JobLab.PATIENCE);
    VethLab.run(
        "ip", "-n", lab.veth.far(), "link", "set", VethLab.FAR, "alias", "tapdeck tap-service x");
    assertThatThrownBy(() -> lab.replays().create(id, intoRecording, "operator"))
        .isInstanceOfSatisfying(
            JobRefusal.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(JobRefusal.Kind.CONFLICT))
        .hasMessageContaining("is the NIC of a mirror");
    assertThat(lab.replays().all()).isEmpty();
  }

  @Test
  void whatThePlayerRefusesLeavesNothing() throws Exception {
    UUID id = UUID.randomUUID();
    assertThatThrownBy(() ->
            lab.replays().create(id, to("none", lab.veth.near(), null, topSpeed(), 1), "operator"))
        .isInstanceOfSatisfying(
            JobRefusal.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(JobRefusal.Kind.IMPOSSIBLE))
        .hasMessageContaining("none");
    assertThatThrownBy(() ->
            lab.replays()
                .create(
                    id, to(VethLab.NEAR, lab.veth.near(), List.of(7), topSpeed(), 1), "operator"))
        .isInstanceOf(JobRefusal.class)
        .hasMessageContaining("no segment 7");
    assertThat(lab.replays().all()).isEmpty();
    assertThat(data.resolve("replays").resolve(id.toString())).doesNotExist();
  }

  @Test
  void aReplayIsPausedSteppedResumedAndPlayedAtAnotherPace() throws Exception {
    long before = lab.veth.received();
    UUID id = UUID.randomUUID();
    lab.replays().create(id, toFarEnd(pps(100), 0), "operator");
    ReplayDocument paused = lab.replays().pause(id, JobLab.PATIENCE);
    assertThat(paused.state()).isEqualTo(ReplayState.PAUSED);
    assertThat(paused.total()).isZero();
    long sent = paused.figures().sent();
    lab.replays().step(id, 5, JobLab.PATIENCE);
    VethLab.await(() -> lab.veth.received() - before == sent + 5, "five more frames arrive");
    lab.replays().changePace(id, pps(20_000));
    assertThat(lab.replays().resume(id, JobLab.PATIENCE).state()).isEqualTo(ReplayState.PLAYING);
    VethLab.await(
        () -> lab.replays().find(id).orElseThrow().figures().sent() > sent + 3L * FRAMES,
        "it plays faster, and again and again");
    ReplayDocument playing = lab.replays().find(id).orElseThrow();
    assertThat(playing.pace()).isEqualTo(pps(20_000));
    assertThat(playing.figures().passesDone()).isPositive();
    assertThat(lab.replays().stop(id, JobLab.PATIENCE).state()).isEqualTo(ReplayState.STOPPED);
    assertThatThrownBy(() -> lab.replays().pause(id, JobLab.PATIENCE))
        .isInstanceOf(JobRefusal.class)
        .hasMessageContaining("it is over");
  }

  @Test
  void howFarFramesAreFromTheirDeadlinesIsToldWhileItPlays() throws Exception {
    UUID id = UUID.randomUUID();
    lab.replays().create(id, toFarEnd(pps(500), 0), "operator");
    VethLab.await(
        () -> counted(lab.replays().find(id).orElseThrow().figures().timing()) > 100,
        "errors are told");
    ReplayFigures playing = lab.replays().find(id).orElseThrow().figures();
    ReplayTiming timing = requireNonNull(playing.timing());
    assertThat(timing.p50()).isPositive().isLessThanOrEqualTo(timing.p99());
    assertThat(timing.p99()).isLessThanOrEqualTo(timing.max());
    assertThat(timing.histogram().getLast().belowMicros()).isGreaterThan(timing.max());
    assertThat(playing.skippedBy()).isEmpty();
    assertThat(playing.failedBy()).isEmpty();
    ReplayDocument stopped = lab.replays().stop(id, JobLab.PATIENCE);
    assertThat(stopped.figures().timing()).isNull();
    long reported = 0;
    for (JsonNode bucket : requireNonNull(stopped.report()).path("timingErrorHistogram")) {
      reported += bucket.path("count").asLong();
    }
    assertThat(reported).isEqualTo(stopped.figures().sent());
  }

  private static long counted(@Nullable ReplayTiming timing) {
    return timing == null
        ? 0
        : timing.histogram().stream().mapToLong(ReplayTiming.Bucket::count).sum();
  }

  @Test
  void whatIsSelectedAndRewrittenIsWhatArrives() throws Exception {
    long before = lab.veth.received();
    UUID id = UUID.randomUUID();
    ReplayRequest request =
        new ReplayRequest(
            recording,
            null,
            VethLab.NEAR,
            lab.veth.near(),
            topSpeed(),
            2,
            null,
            null,
            null,
            new ReplaySelection(null, null, null, 50L, 100L, null),
            new ReplayRewriting(
                null, null, null, null, null, null, null, "add,id=7", null, null, null, null),
            new ReplayDelivery(null, null, null, null, true, null, null));
    lab.replays().create(id, request, "operator");
    ReplayDocument done = await(id, ReplayState.DONE);
    assertThat(done.figures().sent()).isEqualTo(200);
    assertThat(done.figures().filtered()).isEqualTo(100);
    assertThat(done.figures().sentBytes()).isEqualTo(200 * 64);
    assertThat(lab.veth.received() - before).isEqualTo(200);
    lab.letGo();
    lab.open();
    assertThat(lab.replays().find(id)).contains(done);
  }
}
