package io.tapdeck.web.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.web.http.Handler;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.job.JobRefusal;
import io.tapdeck.web.mirror.NorthboundAwayException;
import java.lang.reflect.RecordComponent;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells the refusals of the parts behind the API as problems. */
final class Refusals {
  private static final Duration SOON = Duration.ofSeconds(2);

  /** Such as {@code --mac-addr}, but not within a name. */
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--([a-z]+(?:-[a-z]+)*)");

  /** What bodies that can be refused so may have; {@code id} is in the path. */
  private static final Set<String> FIELDS =
      Stream.of(
              Stream.of("id"),
              fields(MirrorOrders.ServiceOrder.class),
              fields(MirrorOrders.FlowOrder.class),
              fields(MirrorPlanRoutes.PlanOrder.class),
              fields(RecordingOrder.class),
              fields(ReplayRoutes.ReplayOrder.class))
          .flatMap(names -> names)
          .collect(Collectors.toUnmodifiableSet());

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

  /** What the command line calls an option is a field here, if there is one. */
  static String inFields(String sentence) {
    return OPTION
        .matcher(sentence)
        .replaceAll(found -> {
          String field = field(found.group(1));
          return FIELDS.contains(field) ? "'" + field + "'" : found.group();
        });
  }

  /** The names that a body gives its fields, and those within them. */
  private static Stream<String> fields(Class<?> body) {
    return Stream.of(body.getRecordComponents()).flatMap(Refusals::fields);
  }

  private static Stream<String> fields(RecordComponent component) {
    if (component.getType().isRecord()) {
      return fields(component.getType());
    }
    JsonProperty said = component.getAccessor().getAnnotation(JsonProperty.class);
    return Stream.of(said == null ? component.getName() : said.value());
  }

  private static Problem problem(Refusal refusal) {
    String sentence = String.valueOf(refusal.getMessage());
    Problem problem = Problem.conflict(inFields(sentence)).onCommandLine(sentence);
    return refusal.option().map(option -> problem.about(field(option))).orElse(problem);
  }

  /** {@code mac-addr} is the field {@code macAddr}. */
  private static String field(String option) {
    return HYPHEN.matcher(option).replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT));
  }

  private static Problem problem(JobRefusal refusal) {
    String sentence = String.valueOf(refusal.getMessage());
    String words = inFields(sentence);
    Problem problem =
        switch (refusal.kind()) {
          case UNKNOWN -> Problem.notFound(words);
          case CONFLICT -> Problem.conflict(words);
          case IMPOSSIBLE -> Problem.unprocessable(words);
          case LATE -> Problem.timeout(words);
          case UNAVAILABLE -> Problem.unavailable(words, SOON);
        };
    return problem.onCommandLine(sentence);
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
