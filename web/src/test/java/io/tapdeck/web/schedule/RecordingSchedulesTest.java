package io.tapdeck.web.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.web.command.VethLab;
import io.tapdeck.web.job.Changes;
import io.tapdeck.web.job.JobLab;
import io.tapdeck.web.job.JobRefusal;
import io.tapdeck.web.job.RecordingRequest;
import io.tapdeck.web.job.RecordingRetention;
import io.tapdeck.web.job.RecordingState;
import io.tapdeck.web.job.RecordingView;
import io.tapdeck.web.template.RecordingTemplates;
import io.tapdeck.web.template.TemplateSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schedules of a veth's far end, by a clock that tests set; what is recorded is real. */
@Tag("lab")
class RecordingSchedulesTest {
  private static final UUID ID = new UUID(1, 2);
  private static final Timetable NOON =
      new Timetable(
          new Weekly(
              List.of(DayOfWeek.values()),
              LocalTime.of(12, 0),
              LocalTime.of(13, 0),
              ZoneOffset.UTC),
          null);

  @TempDir private Path data;
  private JobLab lab;
  private RecordingTemplates templates;
  private RecordingSchedules schedules;
  private Instant now = Instant.EPOCH;

  @BeforeEach
  void open() throws Exception {
    lab = new JobLab(data);
    templates = RecordingTemplates.open(data);
    openSchedules();
  }

  private void openSchedules() throws IOException {
    schedules =
        RecordingSchedules.open(data, lab.recordings(), templates, new Changes(), () -> now);
  }

  @AfterEach
  void close() {
    schedules.close();
    lab.close();
  }

  private ScheduleWish wish(boolean enabled, String interfaceName) {
    RecordingRequest request = lab.request();
    return new ScheduleWish(
        "noon",
        enabled,
        null,
        interfaceName,
        request.netns(),
        null,
        settings(request.filter()),
        NOON);
  }

  private ScheduleWish wish() {
    return wish(true, String.valueOf(lab.request().interfaceName()));
  }

  private static TemplateSettings settings(String filter) {
    TemplateSettings any = TemplateSettings.ANY;
    return new TemplateSettings(
        filter,
        any.direction(),
        any.snaplen(),
        any.rotateSize(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private void look(String at) throws InterruptedException {
    now = Instant.parse("2026-03-" + at + "Z");
    schedules.look();
  }

  private RecordingSchedule schedule() {
    return schedules.find(ID).orElseThrow().schedule();
  }

  private List<String> outcomes() {
    return schedule().course().outcomes().stream()
        .map(one -> one.from() + " " + one.state())
        .toList();
  }

  private RecordingView recording() {
    return lab.recordings().find(schedule().course().recording()).orElseThrow();
  }

  private void put(String at, ScheduleWish wish) throws IOException {
    now = Instant.parse("2026-03-" + at + "Z");
    var _ = schedules.put(ID, wish, "anna");
  }

  @Test
  void itsRecordingIsStartedAndStoppedAndGoesOnInTheNextWindow() throws Exception {
    put("02T11:00:00", wish());
    assertThat(schedules.find(ID).orElseThrow().next().orElseThrow().from())
        .isEqualTo("2026-03-02T12:00:00Z");
    look("02T11:59:59");
    assertThat(lab.recordings().all()).isEmpty();
    look("02T12:00:00");
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
    assertThat(recording().createdBy()).isEqualTo("schedule noon");
    UUID id = recording().id();
    lab.send(100);
    lab.awaitWritten(id, 100);
    look("02T12:59:59");
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
    assertThat(outcomes()).containsExactly("2026-03-02T12:00:00Z RUNNING");
    look("02T13:00:00");
    assertThat(recording().state()).isEqualTo(RecordingState.ENDED);
    assertThat(outcomes()).containsExactly("2026-03-02T12:00:00Z DONE");
    look("03T12:00:30");
    assertThat(recording().id()).isEqualTo(id);
    lab.send(50);
    lab.awaitWritten(id, 150);
    look("03T13:00:30");
    assertThat(recording().state()).isEqualTo(RecordingState.ENDED);
    assertThat(recording().figures().written()).isEqualTo(150);
    assertThat(lab.recordings().runs(id)).hasSize(2);
    assertThat(outcomes())
        .containsExactly("2026-03-02T12:00:00Z DONE", "2026-03-03T12:00:00Z DONE");
  }

  @Test
  void anApplianceThatComesBackGoesOnStopsWhatIsOverAndCountsWhatItMissed() throws Exception {
    put("02T12:30:00", wish());
    look("02T12:30:01");
    UUID id = recording().id();
    openSchedules();
    look("02T12:40:00");
    assertThat(recording().id()).isEqualTo(id);
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
    assertThat(lab.recordings().runs(id)).hasSize(1);
    openSchedules();
    look("05T11:00:00");
    assertThat(recording().state()).isEqualTo(RecordingState.ENDED);
    assertThat(outcomes())
        .containsExactly(
            "2026-03-02T12:00:00Z DONE",
            "2026-03-03T12:00:00Z MISSED",
            "2026-03-04T12:00:00Z MISSED");
  }

  @Test
  void whatCannotStartIsOnRecordAndTriedAgainUntilItsWindowIsOver() throws Exception {
    put("02T11:00:00", wish(true, "nope"));
    look("02T12:00:00");
    assertThat(outcomes()).containsExactly("2026-03-02T12:00:00Z FAILED");
    assertThat(schedule().course().outcomes().getFirst().detail())
        .contains("there is no interface 'nope'");
    look("02T12:00:29");
    assertThat(schedule().course().outcomes().getFirst().at()).isEqualTo("2026-03-02T12:00:00Z");
    look("02T12:00:31");
    assertThat(schedule().course().outcomes().getFirst().at()).isEqualTo("2026-03-02T12:00:31Z");
    look("02T13:00:00");
    assertThat(outcomes()).containsExactly("2026-03-02T12:00:00Z FAILED");
    put("03T12:10:00", wish());
    look("03T12:10:01");
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
  }

  @Test
  void howMuchAPersonHasItKeepStaysSoUntilTheScheduleIsChanged() throws Exception {
    put("02T11:00:00", wish());
    look("02T12:00:00");
    UUID id = recording().id();
    RecordingRetention more = new RecordingRetention(1L << 40, null, null, null);
    var _ = lab.recordings().keep(id, more, JobLab.PATIENCE);
    look("02T13:00:00");
    look("03T12:00:00");
    assertThat(recording().id()).isEqualTo(id);
    assertThat(recording().request().retention()).isEqualTo(more);
    look("03T13:00:00");
    Timetable longer = new Timetable(null, new Window(now.plusSeconds(60), now.plusSeconds(600)));
    put(
        "03T13:00:01",
        new ScheduleWish(
            "noon",
            true,
            null,
            wish().interfaceName(),
            wish().netns(),
            null,
            wish().settings(),
            longer));
    look("03T13:01:00");
    assertThat(recording().id()).isEqualTo(id);
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
    assertThat(recording().request().retention()).isEqualTo(RecordingRetention.ALL);
  }

  @Test
  void whatAPersonStoppedIsNotStartedAgainInItsWindow() throws Exception {
    put("02T12:00:00", wish());
    look("02T12:00:01");
    var _ = lab.recordings().stop(recording().id(), JobLab.PATIENCE);
    look("02T12:30:00");
    assertThat(recording().state()).isEqualTo(RecordingState.ENDED);
    look("02T13:00:00");
    look("03T12:00:00");
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
  }

  @Test
  void disablingItStopsItsRecordingAndChangingItDoesNot() throws Exception {
    put("02T12:00:00", wish());
    look("02T12:00:01");
    UUID id = recording().id();
    ScheduleWish longer =
        new ScheduleWish(
            "noon",
            true,
            null,
            wish().interfaceName(),
            wish().netns(),
            null,
            wish().settings(),
            new Timetable(null, new Window(now, now.plus(Duration.ofHours(5)))));
    put("02T12:00:02", longer);
    look("02T12:00:03");
    assertThat(recording().id()).isEqualTo(id);
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
    assertThat(lab.recordings().runs(id)).hasSize(1);
    look("02T14:00:00");
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
    put("02T14:00:01", wish(false, String.valueOf(wish().interfaceName())));
    look("02T14:00:02");
    assertThat(recording().state()).isEqualTo(RecordingState.ENDED);
    look("03T12:30:00");
    assertThat(recording().state()).isEqualTo(RecordingState.ENDED);
    assertThat(schedules.find(ID).orElseThrow().next()).isEmpty();
  }

  @Test
  void whatAClockThatWasAheadHasSeenToIsSeenToAgain() throws Exception {
    put("02T11:00:00", wish());
    now = Instant.parse("2027-06-01T12:00:00Z");
    schedules.look();
    UUID id = recording().id();
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
    look("02T11:30:00");
    assertThat(recording().state()).isEqualTo(RecordingState.ENDED);
    assertThat(schedules.find(ID).orElseThrow().next().orElseThrow().from())
        .isEqualTo("2026-03-02T12:00:00Z");
    look("02T12:00:00");
    assertThat(recording().id()).isEqualTo(id);
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
    look("02T13:00:00");
    assertThat(recording().state()).isEqualTo(RecordingState.ENDED);
  }

  /** As by a power failure between making it and writing what it is. */
  @Test
  void theDirectoryOfARecordingWithoutItsDocumentIsInNobodysWay() throws Exception {
    put("02T11:00:00", wish());
    UUID stuck = schedule().course().recording();
    Path own = Files.createDirectories(lab.directory(stuck));
    look("02T12:00:00");
    assertThat(outcomes()).containsExactly("2026-03-02T12:00:00Z RUNNING");
    assertThat(recording().id()).isNotEqualTo(stuck);
    assertThat(recording().state()).isEqualTo(RecordingState.RECORDING);
    assertThat(own).isEmptyDirectory();
  }

  /** A recorder that neither begins nor ends: whoever starts it waits for 20 s. */
  @Test
  void aStartThatTakesLongHoldsUpNoOtherSchedule() throws Exception {
    Path slow = Files.createDirectories(data.resolve("slow"));
    try (JobLab.Other stuck = lab.stuck(slow)) {
      schedules =
          RecordingSchedules.open(slow, stuck.recordings(), templates, new Changes(), () -> now);
      put("02T12:00:00", wish());
      List<Thread> first = schedules.begin();
      assertThat(first).hasSize(1);
      VethLab.await(() -> !stuck.recordings().all().isEmpty(), "it is being started");
      UUID other = new UUID(1, 3);
      Window over = new Window(now.minusSeconds(60), now.plusSeconds(60));
      ScheduleWish wish = wish(true, "nope");
      var _ =
          schedules.put(
              other,
              new ScheduleWish(
                  "other",
                  true,
                  null,
                  wish.interfaceName(),
                  wish.netns(),
                  null,
                  wish.settings(),
                  new Timetable(null, over)),
              "anna");
      now = now.plusSeconds(61);
      List<Thread> second = schedules.begin();
      assertThat(second).hasSize(1);
      assertThat(second.getFirst().join(JobLab.PATIENCE)).isTrue();
      assertThat(schedules.find(other).orElseThrow().schedule().course().outcomes())
          .extracting(Outcome::state)
          .containsExactly(Outcome.State.MISSED);
      assertThat(first.getFirst().isAlive()).isTrue();
    }
  }

  @Test
  void aTemplateIsTakenAsItIsAtTheStartAndADeletedScheduleStopsWhatItStarted() throws Exception {
    UUID template = UUID.randomUUID();
    ScheduleWish byTemplate =
        new ScheduleWish(
            "noon", true, null, wish().interfaceName(), wish().netns(), template, null, NOON);
    assertThatThrownBy(() -> put("02T11:00:00", byTemplate))
        .isInstanceOf(JobRefusal.class)
        .hasMessageContaining("template");
    var _ = templates.put(template, "mine", settings("icmp"), "anna");
    put("02T11:00:00", byTemplate);
    assertThat(schedules.uses(template)).isTrue();
    look("02T12:00:00");
    RecordingView first = recording();
    assertThat(first.request().filter()).isEqualTo("icmp");
    var _ = templates.put(template, "mine", settings("udp"), "anna");
    look("02T13:00:00");
    look("03T12:00:00");
    assertThat(recording().id()).isNotEqualTo(first.id());
    assertThat(recording().request().filter()).isEqualTo("udp");
    UUID second = recording().id();
    schedules.delete(ID);
    assertThat(schedules.all()).isEmpty();
    assertThat(lab.recordings().find(second).orElseThrow().state()).isEqualTo(RecordingState.ENDED);
  }
}
