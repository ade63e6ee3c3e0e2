package io.tapdeck.web.api;

import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.web.http.Handler;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.job.JobRefusal;
import io.tapdeck.web.mirror.NorthboundAwayException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Tells the refusals of the parts behind the API as problems. */
final class Refusals {
  private static final Duration SOON = Duration.ofSeconds(2);
  private static final Pattern HYPHEN = Pattern.compile("-([a-z])");

  private Refusals() {}

  /** The same handler, whose refusals are problems. */
  static Handler told(Handler handler) {
    return call -> {
      try {
        handler.handle(call);
      } catch (JobRefusal refusal) {
        throw problem(refusal);
      } catch (Refusal refusal) {
        throw problem(refusal);
      } catch (NorthboundAwayException away) {
        throw Problem.unavailable(String.valueOf(away.getMessage()), SOON);
      } catch (NoSuchFileException gone) {
        throw Problem.notFound("it is not there any more");
      }
    };
  }

  private static Problem problem(Refusal refusal) {
    Problem problem = Problem.conflict(String.valueOf(refusal.getMessage()));
    return refusal.option().map(option -> problem.about(field(option))).orElse(problem);
  }

  /** {@code mac-addr} is the field {@code macAddr}. */
  private static String field(String option) {
    return HYPHEN.matcher(option).replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT));
  }

  private static Problem problem(JobRefusal refusal) {
    String sentence = String.valueOf(refusal.getMessage());
    return switch (refusal.kind()) {
      case UNKNOWN -> Problem.notFound(sentence);
      case CONFLICT -> Problem.conflict(sentence);
      case IMPOSSIBLE -> Problem.unprocessable(sentence);
      case LATE -> Problem.timeout(sentence);
      case UNAVAILABLE -> Problem.unavailable(sentence, SOON);
    };
  }

  /** Makes what a body asks for, whose bounds are told as 400. */
  static <T> T within(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException wrong) {
      throw Problem.badRequest(String.valueOf(wrong.getMessage()));
    }
  }
}
