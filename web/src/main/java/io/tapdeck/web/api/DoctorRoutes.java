package io.tapdeck.web.api;

import io.tapdeck.capture.doctor.Diagnosis;
import io.tapdeck.capture.doctor.Finding;
import io.tapdeck.capture.doctor.Grade;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.job.Bounds;
import io.tapdeck.web.job.RecordingView;
import io.tapdeck.web.job.Recordings;
import io.tapdeck.web.starter.Starter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * {@code /doctor}: what would keep a recording of this appliance from being complete and true. One
 * look at a time.
 */
final class DoctorRoutes {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final Starter starter;
  private final Recordings recordings;
  private final Semaphore turn = new Semaphore(1);

  DoctorRoutes(Starter starter, Recordings recordings) {
    this.starter = starter;
    this.recordings = recordings;
  }

  private record Question(
      Optional<String> interfaceName, Optional<NetworkNamespace> namespace, boolean isMeasured) {}

  record Report(long good, long warn, long bad, List<Found> findings) {
    static Report of(Diagnosis diagnosis) {
      return new Report(
          diagnosis.count(Grade.GOOD),
          diagnosis.count(Grade.WARN),
          diagnosis.count(Grade.BAD),
          diagnosis.sections().stream()
              .flatMap(section ->
                  section.findings().stream().map(finding -> Found.of(section.subject(), finding)))
              .toList());
    }
  }

  record Found(
      String subject,
      String check,
      String grade,
      String found,
      @Nullable String remedy,
      Map<String, Object> figures) {
    static Found of(String subject, Finding finding) {
      return new Found(
          subject,
          finding.check(),
          finding.grade().name().toLowerCase(Locale.ROOT),
          finding.found(),
          finding.remedy().orElse(null),
          finding.figures());
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get("/doctor", Role.OPERATOR, "What a recording would meet", this::examine));
  }

  private void examine(Call call) throws IOException, InterruptedException {
    Question question = Refusals.within(() -> question(call));
    if (question.isMeasured() && recordings.all().stream().anyMatch(RecordingView::isUnderWay)) {
      throw Problem.conflict(
          "a recording is under way, and could lose frames while the disk is measured: ask without"
              + " 'measure', or when it has ended");
    }
    if (!turn.tryAcquire()) {
      throw Problem.unavailable("the doctor is at work already: ask again in a moment", SOON);
    }
    try {
      call.json(
          Report.of(
              starter.examine(
                  question.interfaceName(), question.namespace(), question.isMeasured())));
    } finally {
      turn.release();
    }
  }

  private static Question question(Call call) {
    return new Question(
        call.query("interface").map(Bounds::interfaceName),
        call.query("netns").map(NetworkNamespace::new),
        call.query("measure").map(DoctorRoutes::measures).orElse(false));
  }

  private static boolean measures(String word) {
    return switch (word) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("measure is true or false");
    };
  }
}
