package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.recording.Recording;
import io.tapdeck.capture.recording.RecordingProgress;
import io.tapdeck.capture.recording.RecordingSettings;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a recording is, as an event. Its time is that at which the counters were read, and the same
 * reading is the same event, so that rates can be had from two of them. Any thread may ask.
 */
final class RecordingStatus implements Supplier<ObjectNode> {
  private final RecordingSettings settings;
  private final CompletableFuture<Recording> started;
  private @Nullable RecordingProgress told;
  private Instant toldAt = Instant.EPOCH;

  RecordingStatus(RecordingSettings settings, CompletableFuture<Recording> started) {
    this.settings = settings;
    this.started = started;
  }

  @Override
  public synchronized ObjectNode get() {
    Recording recording = started.isCompletedExceptionally() ? null : started.getNow(null);
    RecordingProgress now = recording == null ? RecordingProgress.NONE : recording.progress();
    if (!now.equals(told)) {
      told = now;
      long age = recording == null ? 0 : System.nanoTime() - now.at();
      toldAt = Instant.now().minusNanos(age);
    }
    return ControlEvents.progress(
        settings,
        recording != null,
        toldAt,
        now,
        recording == null ? settings.keep() : recording.kept());
  }
}
