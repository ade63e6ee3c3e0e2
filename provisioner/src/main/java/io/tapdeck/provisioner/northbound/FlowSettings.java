package io.tapdeck.provisioner.northbound;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.Strip;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.Treatment;
import io.tapdeck.provisioner.ovsdb.Value;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What of a tap flow can be chosen, and changed later, as it is asked for. What is absent has its
 * default when the flow is made, and stays as it is when it is updated.
 *
 * @param direction {@code IN}, {@code OUT} or {@code BOTH}, in either case
 * @param filter rules, see {@link io.tapdeck.provisioner.mirror.FilterRule}; none of them let all
 *     go on
 * @param truncate how many bytes of each copy go on, {@link #WHOLE} for all of them
 * @param strip {@code auto}, {@code on} or {@code off}
 * @param fit whether copies too long for the way are cut to fit it rather than dropped
 */
public record FlowSettings(
    Optional<String> direction,
    Optional<List<String>> filter,
    Optional<Integer> truncate,
    Optional<String> strip,
    Optional<Boolean> fit,
    Optional<FlowEnd> end) {
  /** So many bytes that nothing is ever cut. */
  public static final int WHOLE = Integer.MAX_VALUE;

  /** All defaults, or no change. */
  public static final FlowSettings NONE =
      new FlowSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public FlowSettings {
    filter = filter.map(List::copyOf);
  }

  /** That direction, and else defaults. */
  public static FlowSettings of(String direction) {
    return new FlowSettings(
        Optional.of(direction), NONE.filter, NONE.truncate, NONE.strip, NONE.fit, NONE.end);
  }

  /** The direction that is asked for. */
  Optional<Direction> wantedDirection() {
    return direction.map(word -> {
      for (Direction known : Direction.values()) {
        if (known.name().equals(word.toUpperCase(Locale.ROOT))) {
          return known;
        }
      }
      throw new Refusal("'" + word + "' is no direction: give IN, OUT or BOTH").about("direction");
    });
  }

  private Optional<Filter> wantedFilter() {
    try {
      return filter.map(Filter::of);
    } catch (IllegalArgumentException wrong) {
      throw new Refusal(String.valueOf(wrong.getMessage()), wrong).about("filter");
    }
  }

  private Optional<Strip> wantedStrip() {
    return strip.map(word -> {
      for (Strip known : Strip.values()) {
        if (known.word().equals(word.toLowerCase(Locale.ROOT))) {
          return known;
        }
      }
      throw new Refusal("'" + word + "' is no way to strip VLAN tags: give auto, on or off")
          .about("strip-vlan");
    });
  }

  private Optional<Integer> wantedTruncate(Optional<Integer> otherwise) {
    if (truncate.isEmpty()) {
      return otherwise;
    }
    int bytes = truncate.get();
    if (bytes == WHOLE) {
      return Optional.empty();
    }
    if (bytes < Treatment.SHORTEST || bytes > Treatment.LONGEST) {
      throw new Refusal(
              "copies cannot be cut to "
                  + bytes
                  + " bytes: give "
                  + Treatment.SHORTEST
                  + " to "
                  + Treatment.LONGEST)
          .about("truncate");
    }
    return truncate;
  }

  /**
   * What becomes of the copies.
   *
   * @param otherwise where nothing is asked for
   */
  private Treatment treatment(Treatment otherwise) {
    return new Treatment(
        wantedFilter().orElse(otherwise.filter()),
        wantedTruncate(otherwise.truncate()),
        wantedStrip().orElse(otherwise.strip()),
        fit.orElse(otherwise.fit()));
  }

  /**
   * Checks what of it can be wrong whatever it is said of.
   *
   * @throws Refusal if something is
   */
  public void check() {
    var _ = columns(Instant.now());
  }

  /**
   * Checks that this can be said of a source of that kind.
   *
   * @throws Refusal if not
   */
  void check(String type) {
    boolean asksDirection = wantedFilter().filter(Filter::asksDirection).isPresent();
    if (asksDirection && type.equals(Schema.VSWITCH_TYPE)) {
      throw new Refusal(
              "a filter rule with in or out says what a guest receives or sends, which a frame of a"
                  + " virtual switch does not tell: leave the word out, or give --direction")
          .about("filter");
    }
  }

  /** The columns of all that is asked for, and of no more. */
  Map<String, Value> columns(Instant now) {
    Map<String, Value> all = new HashMap<>(Schema.columns(treatment(Treatment.DEFAULT)));
    Map<String, Value> asked = new HashMap<>();
    keep(asked, all, "filter", filter);
    keep(asked, all, "truncate", truncate);
    keep(asked, all, "strip", strip);
    keep(asked, all, "no_fit", fit);
    wantedDirection().ifPresent(known -> asked.put("direction", Value.of(known.name())));
    end.ifPresent(
        asking -> asked.put("end", Schema.optional(asking.from(now).map(Instant::toEpochMilli))));
    return asked;
  }

  private static void keep(
      Map<String, Value> asked, Map<String, Value> all, String column, Optional<?> setting) {
    Value value = all.get(column);
    if (setting.isPresent() && value != null) {
      asked.put(column, value);
    }
  }

  /** Whether a flow is as one that was made with this would be. */
  boolean isOf(TapFlow known) {
    boolean sameEnd =
        switch (end.orElseGet(FlowEnd.Never::new)) {
          case FlowEnd.Never ignored -> known.end().isEmpty();
          // It was reckoned from the moment when it was asked for first.
          case FlowEnd.After ignored -> known.end().isPresent();
          case FlowEnd.At(Instant moment) ->
              known.end().filter(has -> has.toEpochMilli() == moment.toEpochMilli()).isPresent();
        };
    return sameEnd
        && known.direction() == wantedDirection().orElse(Direction.BOTH)
        && known.treatment().equals(treatment(Treatment.DEFAULT));
  }

  /** Whether nothing is asked for. */
  boolean isNone() {
    return equals(NONE);
  }
}
