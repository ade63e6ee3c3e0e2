package io.tapdeck.web.job;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One recorder's work on a recording. The oldest of very many are one.
 *
 * @param endedAt null while it goes on
 * @param how done, failed or killed; running while it goes on
 * @param why it ended, for people; empty if there is nothing to say
 * @param figures of this run alone
 */
public record RunView(
    Instant startedAt, @Nullable Instant endedAt, String how, String why, Figures figures) {
  static RunView of(Run run) {
    Run.How how = run.how();
    String why = run.why();
    return new RunView(
        run.startedAt(),
        run.endedAt(),
        how == null ? "running" : how.name().toLowerCase(Locale.ROOT),
        why == null ? "" : why,
        run.figures());
  }
}
