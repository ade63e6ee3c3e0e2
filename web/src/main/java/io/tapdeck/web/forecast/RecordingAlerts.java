package io.tapdeck.web.forecast;

import io.tapdeck.web.job.Figures;
import io.tapdeck.web.job.RecordingState;
import io.tapdeck.web.job.RecordingView;
import io.tapdeck.web.job.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** What is wrong with a recording that is under way. */
public final class RecordingAlerts {
  /** What was lost before is in the figures, and nothing to be done about any more. */
  static final Duration LATELY = Duration.ofMinutes(5);

  private static final String PAUSED = "paused: ";
  private static final String UNSEEN = "waiting: ";

  private RecordingAlerts() {}

  /**
   * Looks at one.
   *
   * @param samples its last readings, in order of time
   */
  public static List<Alert> of(RecordingView view, List<Sample> samples, Instant now) {
    List<Alert> alerts = new ArrayList<>();
    String name = "Recording '" + view.request().name() + "'";
    if (view.state() == RecordingState.WAITING) {
      alerts.add(standstill(view, name));
    }
    if (view.isUnderWay()) {
      long byKernel = lately(samples, now, Figures::droppedKernel);
      if (byKernel > 0) {
        alerts.add(
            Alert.critical(
                view.id(),
                "%s lost %s lately: the recorder fell behind".formatted(name, packets(byKernel)),
                "Record less, by a filter or fewer bytes of each packet, or give it a faster disk"
                    + " or processor."));
      }
      long byInterface = lately(samples, now, Figures::droppedInterface);
      if (byInterface > 0) {
        alerts.add(
            Alert.critical(
                view.id(),
                "%s missed %s lately: its interface dropped them"
                    .formatted(name, packets(byInterface)),
                "Enlarge the interface's own buffers (ethtool -G), or take load off the machine."));
      }
    }
    return alerts;
  }

  private static Alert standstill(RecordingView view, String name) {
    String reason = view.reason();
    if (reason.startsWith(PAUSED)) {
      return Alert.critical(
          view.id(),
          name + " has stopped writing: " + reason.substring(PAUSED.length()),
          "Make room: delete recordings, or let them keep less. It goes on by itself.");
    }
    if (reason.startsWith(UNSEEN)) {
      return Alert.critical(
          view.id(),
          name + " gets nothing: " + reason.substring(UNSEEN.length()),
          "Bring the interface back, or stop the recording. It goes on by itself.");
    }
    return Alert.critical(
        view.id(),
        name + " is not recording" + (reason.isEmpty() ? "" : ": " + reason),
        "It is tried again every few seconds: put right what its reason says, or stop it.");
  }

  private static String packets(long count) {
    return count == 1 ? "a packet" : count + " packets";
  }

  /** How much a counter rose in the last minutes. */
  private static long lately(List<Sample> samples, Instant now, ToLongFunction<Figures> counter) {
    if (samples.isEmpty()) {
      return 0;
    }
    // A link that has been quiet has no readings: the last one before tells what was before.
    Sample before = samples.getFirst();
    for (Sample one : samples) {
      if (one.at().isBefore(now.minus(LATELY))) {
        before = one;
      }
    }
    return counter.applyAsLong(samples.getLast().figures()) - counter.applyAsLong(before.figures());
  }
}
