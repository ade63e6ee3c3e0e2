package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.replay.proof.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is to be played, where to, and how.
 *
 * @param recording whose segments
 * @param segments their numbers, in ascending order; null for all that there are at the beginning
 * @param netns the interface's network namespace, null for the appliance's own
 * @param loops how often all of it; 0 for ever
 * @param maxGap what longer gaps are shortened to; null for never
 * @param loopDelay from the last frame of a pass to the first of the next; null for the mean gap
 * @param paused whether it begins paused; null for no
 * @param selection which frames; null for all
 * @param rewriting how they are changed; null for not at all
 * @param delivery how they are handed over; null for as usual
 */
public record ReplayRequest(
    UUID recording,
    @Nullable List<Integer> segments,
    @JsonProperty("interface") String interfaceName,
    @Nullable String netns,
    ReplayPace pace,
    long loops,
    @Nullable Duration maxGap,
    @Nullable Duration loopDelay,
    @Nullable Boolean paused,
    @Nullable ReplaySelection selection,
    @Nullable ReplayRewriting rewriting,
    @Nullable ReplayDelivery delivery) {
  static final int MOST_SEGMENTS = 4096;
  private static final long MOST_LOOPS = 1_000_000_000;

  /**
   * @throws IllegalArgumentException if a value is out of bounds; the message is for people
   */
  public ReplayRequest {
    Bounds.given("recording", recording);
    Bounds.given("pace", pace);
    Bounds.interfaceName(interfaceName);
    if (netns != null) {
      var _ = new NetworkNamespace(netns);
    }
    if (loops < 0 || loops > MOST_LOOPS) {
      throw new IllegalArgumentException(
          "loops are 1 to " + MOST_LOOPS + ", or 0 for ever, not " + loops);
    }
    if (segments != null) {
      if (segments.isEmpty() || segments.size() > MOST_SEGMENTS) {
        throw new IllegalArgumentException(
            "a replay has 1 to " + MOST_SEGMENTS + " segments: choose fewer");
      }
      if (segments.stream().anyMatch(number -> number == null || number < 1)) {
        throw new IllegalArgumentException("segments are given by their numbers, from 1");
      }
      segments = segments.stream().sorted().distinct().toList();
    }
    Bounds.span("maxGap", maxGap);
    Bounds.span("loopDelay", loopDelay);
    if (maxGap != null && pace.speed() == null) {
      throw new IllegalArgumentException(
          "maxGap is for frames with the gaps that they were captured with: leave it out, or give a"
              + " speed");
    }
  }

  /** The same with no more said than must be. */
  public ReplayRequest(
      UUID recording,
      @Nullable List<Integer> segments,
      String interfaceName,
      @Nullable String netns,
      ReplayPace pace,
      long loops) {
    this(
        recording, segments, interfaceName, netns, pace, loops, null, null, null, null, null, null);
  }

  /** Every interface that it opens, to play to or to see frames arrive at. */
  public List<Receiver> interfaces() {
    Optional<NetworkNamespace> namespace = Bounds.maybe(netns).map(NetworkNamespace::new);
    List<Receiver> all = new ArrayList<>(List.of(new Receiver(interfaceName, namespace)));
    if (delivery != null) {
      Bounds.maybe(delivery.serverInterface())
          .ifPresent(name -> all.add(new Receiver(name, namespace)));
      Bounds.maybe(delivery.receivers()).stream()
          .flatMap(List::stream)
          .map(Receiver::parse)
          // The player looks for them where it plays.
          .map(one ->
              one.namespace().isPresent() ? one : new Receiver(one.interfaceName(), namespace))
          .forEach(all::add);
    }
    return all;
  }

  /** Whether an interface that is being recorded or mirrored is no objection. */
  boolean isForced() {
    return delivery != null && delivery.isForced();
  }

  /** How many frames will be read of so many; 0 if nobody knows. */
  long total(long packets) {
    return selection == null ? Math.multiplyExact(packets, loops) : 0;
  }

  /** The options of the command line that say what is to be done with the files. */
  List<String> options() {
    List<String> options = new ArrayList<>();
    options.add("--interface=" + interfaceName);
    Bounds.maybe(netns).ifPresent(name -> options.add("--netns=" + name));
    options.add(pace.option());
    options.add("--loop=" + loops);
    Bounds.maybe(maxGap).ifPresent(time -> options.add("--max-gap=" + Bounds.exact(time)));
    Bounds.maybe(loopDelay).ifPresent(time -> options.add("--loop-delay=" + Bounds.exact(time)));
    if (Boolean.TRUE.equals(paused)) {
      options.add("--step");
    }
    Bounds.maybe(selection).ifPresent(one -> options.addAll(one.options()));
    Bounds.maybe(rewriting).ifPresent(one -> options.addAll(one.options()));
    Bounds.maybe(delivery).ifPresent(one -> options.addAll(one.options()));
    return options;
  }
}
