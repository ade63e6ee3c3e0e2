package io.tapdeck.web.mirror;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.ServiceReport;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapGroup;
import io.tapdeck.provisioner.mirror.TapService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How many of the copies of a service, or of one flow, came how far: mirrored, delivered, arrived,
 * received, written. Each step has a difference to the one before: what is on its way, or lost.
 *
 * @param name of the service or flow
 * @param ends why nobody can see further than the last step; empty if that is where copies end
 */
public record Completeness(String name, List<Step> steps, String ends) {
  /** So long after traffic pauses, whatever was on its way has come through and is counted. */
  public static final Duration SETTLED = Duration.ofSeconds(2);

  public Completeness {
    steps = List.copyOf(steps);
  }

  /**
   * One step.
   *
   * @param step its name, as in the counters
   * @param count how many copies came so far
   * @param expected how many should have: those of the step before, but for those that were kept
   *     back, or left out, as told
   * @param missing how many of those have not come, now
   * @param more how many came that are not expected
   * @param ageSeconds how long it is that the step before was seen to change: for so long what is
   *     missing has had time to come
   * @param said what became of copies that are not expected, or what makes this step uncertain;
   *     empty if nothing
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Step(
      String step,
      long count,
      long expected,
      long missing,
      long more,
      @Nullable Double ageSeconds,
      String said) {
    private static final double MILLIS = 1000;

    private static Step first(long count, String said) {
      return new Step("mirrored", count, count, 0, 0, null, said);
    }

    private static Step of(
        String step, long count, long expected, Optional<Duration> age, String said) {
      return new Step(
          step,
          count,
          expected,
          Math.max(0, expected - count),
          Math.max(0, count - expected),
          age.map(known -> known.toMillis() / MILLIS).orElse(null),
          said);
    }

    /** Whether copies are missing that have had the time to come. */
    @JsonIgnore
    public boolean isShort() {
      return missing > 0 && isSettled();
    }

    /** Whether there are some too many, and not because the step before is counted late. */
    private boolean isOver() {
      return more > 0 && isSettled();
    }

    /** Whether what was on its way has come, since nothing was added to the step before. */
    @JsonIgnore
    public boolean isSettled() {
      return ageSeconds != null && ageSeconds * MILLIS >= SETTLED.toMillis();
    }
  }

  /**
   * Whether every step has what the one before it has. Where there is more, as much may have been
   * lost.
   */
  public boolean isComplete() {
    return steps.stream().allMatch(step -> step.missing() == 0 && step.more() == 0);
  }

  /** Whether a step is known to have lost some. */
  public boolean isShort() {
    return steps.stream().anyMatch(Step::isShort);
  }

  /**
   * Of all copies for a service.
   *
   * @param isLocal whether a host is this machine, whose recorders those are
   */
  public static Completeness of(
      TapService service,
      MirrorView view,
      List<GroupCount> counts,
      List<RecorderReading> recorders,
      Predicate<Host> isLocal) {
    Set<Long> keys = Copies.keys(service, view);
    return of(service.name(), service, keys, view, counts, recorders, isLocal);
  }

  /** Of the copies of a flow, and of those that share its group. */
  public static Completeness of(
      TapFlow flow,
      MirrorView view,
      List<GroupCount> counts,
      List<RecorderReading> recorders,
      Predicate<Host> isLocal) {
    TapService service =
        view.service(flow.service())
            .orElseThrow(() -> new IllegalArgumentException("a flow without its service"));
    return of(flow.name(), service, Copies.keys(flow, view), view, counts, recorders, isLocal);
  }

  private static Completeness of(
      String name,
      TapService service,
      Set<Long> keys,
      MirrorView view,
      List<GroupCount> counts,
      List<RecorderReading> recorders,
      Predicate<Host> isLocal) {
    Copies.Counts counted = Copies.Counts.of(keys, view, counts);
    List<Step> steps = new ArrayList<>();
    long interruptions = counted.all().mapToLong(GroupCount::interruptions).sum();
    long mirrored = counted.taken().mapToLong(GroupCount::mirrored).sum();
    steps.add(
        Step.first(
            mirrored,
            interruptions == 0
                ? ""
                : "counters of switches began anew "
                    + (interruptions == 1 ? "once" : interruptions + " times")
                    + ": what was copied just before is unknown"));
    if (view.destination(service).isEmpty()) {
      return new Completeness(name, steps, "its destination is unknown or off");
    }
    Set<Long> allKeys = Copies.keys(service, view);
    if (!keys.equals(allKeys)
        && Copies.Counts.of(allKeys, view, counts).taken().anyMatch(all -> all.limited() > 0)) {
      return new Completeness(name, steps, "the limit is counted for all flows together");
    }
    Step delivered = delivered(keys, counted, mirrored, view);
    steps.add(delivered);
    if (delivered.isOver()) {
      return new Completeness(
          name,
          steps,
          "there are "
              + delivered.more()
              + " more than were counted where they were taken: whether any is missing is unknown");
    }
    if (!keys.equals(allKeys)) {
      return new Completeness(
          name,
          steps,
          "what arrives is counted for all flows of tap service " + service.name() + " together");
    }
    return new Completeness(
        name, steps, addRecorded(steps, counted, service, view, recorders, isLocal));
  }

  private static Step delivered(
      Set<Long> keys, Copies.Counts counted, long mirrored, MirrorView view) {
    Set<Long> dropping = new HashSet<>();
    for (TapGroup group : view.groups()) {
      if (keys.contains(group.key()) && !group.identity().fit()) {
        dropping.add(group.key());
      }
    }
    long limited = counted.taken().mapToLong(GroupCount::limited).sum();
    long dropped =
        counted
            .taken()
            .filter(count -> dropping.contains(count.key()))
            .mapToLong(GroupCount::unfit)
            .sum();
    List<String> said = new ArrayList<>();
    if (limited > 0) {
      said.add(limited + " dropped by the rate limit");
    }
    if (dropped > 0) {
      said.add(dropped + " too long, and dropped as their flow says");
    }
    return Step.of(
        "delivered",
        counted.given().mapToLong(GroupCount::delivered).sum(),
        Math.max(0, mirrored - limited - dropped),
        age(counted.taken(), view),
        String.join(", ", said));
  }

  /** How long it is that any of these was seen to change, if ever. */
  private static Optional<Duration> age(Stream<GroupCount> some, MirrorView view) {
    return some.map(GroupCount::read)
        .max(Instant::compareTo)
        .filter(Instant.EPOCH::isBefore)
        .map(changed -> Duration.between(changed, view.at()))
        .map(age -> age.isNegative() ? Duration.ZERO : age);
  }

  /**
   * Adds what a recorder counts, which began later than the groups did, perhaps.
   *
   * @return where the chain ends
   */
  private static String addRecorded(
      List<Step> steps,
      Copies.Counts counted,
      TapService service,
      MirrorView view,
      List<RecorderReading> recorders,
      Predicate<Host> isLocal) {
    Host host = view.destination(service).orElseThrow();
    Optional<String> nic =
        view.serviceReport(service.id(), host.name())
            .map(ServiceReport::nic)
            .filter(name -> !name.isEmpty());
    if (nic.isEmpty()) {
      return "there is no tap NIC on host " + host.name() + " now";
    }
    if (!isLocal.test(host)) {
      return "what arrives at " + nic.get() + " on host " + host.name() + " is not seen from here";
    }
    Optional<RecorderReading> found =
        recorders.stream().filter(one -> one.interfaces().contains(nic.get())).findFirst();
    if (found.isEmpty()) {
      return "no recorder of this machine that could be asked records " + nic.get();
    }
    RecorderReading recorder = found.get();
    if (recorder.interfaces().size() > 1) {
      return "recording " + recorder.recording() + " is of other interfaces too";
    }
    Optional<Duration> age = age(counted.given(), view);
    Step delivered = steps.getLast();
    Step arrived =
        Step.of(
            "arrived",
            recorder.arrivedBefore() + recorder.arrived(),
            delivered.count(),
            age,
            recorder.arrivedBefore() == 0
                ? ""
                : recorder.arrivedBefore() + " of them before the recording began");
    steps.add(arrived);
    if (arrived.isOver()) {
      return nic.get()
          + " had "
          + arrived.more()
          + " before these flows: whether any copy is missing is unknown";
    }
    if (!recorder.filter().isEmpty()) {
      return "the recording has a filter: how many copies it should have is not known";
    }
    steps.add(Step.of("received", recorder.received(), recorder.arrived(), age, ""));
    steps.add(
        Step.of(
            "written",
            recorder.written(),
            recorder.received(),
            age,
            recorder.droppedKernel() == 0
                ? ""
                : recorder.droppedKernel()
                    + " dropped by the kernel, as the recorder fell behind"));
    return "";
  }
}
