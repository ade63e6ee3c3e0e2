package io.tapdeck.web.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.forecast.Alert.Level;
import io.tapdeck.web.job.Figures;
import io.tapdeck.web.job.RecordingRequest;
import io.tapdeck.web.job.RecordingState;
import io.tapdeck.web.job.RecordingView;
import io.tapdeck.web.job.Sample;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AlertsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final UUID ID = new UUID(1, 2);

  private static RecordingView recording(RecordingState state, String reason) {
    RecordingRequest request =
        new RecordingRequest(
            "night", null, "eth0", null, "", "auto", 262144, 1 << 30, null, null, null, null, null,
            null, null, null);
    return new RecordingView(
        ID,
        Path.of("/data"),
        request,
        "eth0",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        NOW,
        "anna",
        Optional.empty(),
        Optional.empty(),
        state,
        reason,
        0,
        true,
        NOW,
        Figures.NONE);
  }

  private static Sample dropped(int secondsAgo, long byKernel, long byInterface) {
    return new Sample(
        NOW.minusSeconds(secondsAgo), new Figures(byKernel, 0, 0, 0, byKernel, byInterface, 0));
  }

  @Test
  void nothingIsSaidOfARecordingThatGoesWell() {
    List<Sample> samples = List.of(dropped(200, 7, 7), dropped(1, 7, 7));
    assertThat(RecordingAlerts.of(recording(RecordingState.RECORDING, ""), samples, NOW)).isEmpty();
    assertThat(RecordingAlerts.of(recording(RecordingState.ENDED, "failed"), samples, NOW))
        .isEmpty();
  }

  @Test
  void whatWasLostLatelyIsToldAndWhatWasLostLongAgoIsNot() {
    List<Sample> samples = List.of(dropped(900, 38, 1), dropped(100, 42, 2));
    assertThat(RecordingAlerts.of(recording(RecordingState.RECORDING, ""), samples, NOW))
        .extracting(Alert::says)
        .containsExactly(
            "Recording 'night' lost 4 packets lately: the recorder fell behind",
            "Recording 'night' missed a packet lately: its interface dropped them");
  }

  @Test
  void whyARecordingStandsStillIsToldWithWhatToDo() {
    assertThat(standstill("paused: disk full").says())
        .isEqualTo("Recording 'night' has stopped writing: disk full");
    assertThat(standstill("paused: disk full").todo()).startsWith("Make room");
    assertThat(standstill("waiting: eth0: the interface is gone").says())
        .isEqualTo("Recording 'night' gets nothing: eth0: the interface is gone");
    assertThat(standstill("its recorder was killed").says())
        .isEqualTo("Recording 'night' is not recording: its recorder was killed");
  }

  private static Alert standstill(String reason) {
    List<Alert> alerts =
        RecordingAlerts.of(recording(RecordingState.WAITING, reason), List.of(), NOW);
    assertThat(alerts).hasSize(1);
    assertThat(alerts.getFirst().level()).isEqualTo(Level.CRITICAL);
    assertThat(alerts.getFirst().recording()).isEqualTo(ID);
    return alerts.getFirst();
  }

  private static List<Alert> disk(long free, @Nullable Double full, @Nullable Integer keepFree) {
    Forecast.OfDisk disk = new Forecast.OfDisk("/data", 1000, free, 1, full, keepFree, null);
    return DiskAlerts.of(new Forecast(List.of(disk), List.of()));
  }

  @Test
  void aDiskThatIsSoonFullIsToldInTime() {
    assertThat(disk(500, 2.0 * 86_400, null)).isEmpty();
    assertThat(disk(500, 12_000.0, null))
        .extracting(Alert::level, Alert::says)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                Level.WARNING, "The disk of /data is full in about 3 h 20 min"));
    assertThat(disk(500, 90.0, null))
        .extracting(Alert::level, Alert::says)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                Level.CRITICAL, "The disk of /data is full in about 1 min 30 s"));
    assertThat(disk(0, 0.0, null))
        .extracting(Alert::says)
        .containsExactly("The disk of /data is full");
    assertThat(disk(49, null, null))
        .extracting(Alert::says)
        .containsExactly("Less than 5 % of the disk of /data is free");
    assertThat(disk(49, null, 3)).isEmpty();
    assertThat(disk(29, null, 3)).hasSize(1);
    assertThat(disk(50, null, null)).isEmpty();
  }
}
