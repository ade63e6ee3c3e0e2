package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.tapdeck.replay.os.Backend;
import io.tapdeck.replay.proof.Receiver;
import io.tapdeck.replay.rewrite.SideSplit;
import io.tapdeck.replay.transmit.Oversize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How frames are handed over, in the notation of the command line's options of the same names; null
 * for what is as usual.
 *
 * @param serverInterface gets what servers sent
 * @param verify whether it is looked at what became of the frames
 * @param receivers interfaces at which they are to arrive, IFACE or IFACE@NETNS
 * @param force whether it is also played to an interface that is being recorded or mirrored
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReplayDelivery(
    @Nullable String serverInterface,
    @Nullable String sides,
    @Nullable String oversize,
    @Nullable String backend,
    @Nullable Boolean verify,
    @Nullable List<String> receivers,
    @Nullable Boolean force) {
  private static final int LONGEST = 4096;

  /**
   * @throws IllegalArgumentException if a value makes no sense; the message is for people
   */
  public ReplayDelivery {
    if (serverInterface != null) {
      Bounds.interfaceName(serverInterface);
    }
    if (sides != null) {
      if (sides.length() > LONGEST) {
        throw new IllegalArgumentException("sides has at most " + LONGEST + " characters");
      }
      var _ = SideSplit.parse(sides);
    }
    word("oversize", oversize, Stream.of(Oversize.values()).map(Oversize::text).toList());
    word("backend", backend, Stream.of(Backend.values()).map(Backend::text).toList());
    if (receivers != null) {
      if (!Boolean.TRUE.equals(verify) || receivers.size() > 2) {
        throw new IllegalArgumentException("receivers are one or two, and only with verify");
      }
      receivers.forEach(text -> {
        Receiver receiver = Receiver.parse(Bounds.given("receiver", text));
        Bounds.interfaceName(receiver.interfaceName());
        if (text.indexOf(',') >= 0) {
          throw new IllegalArgumentException("give each receiver by itself");
        }
      });
      receivers = List.copyOf(receivers);
    }
  }

  private static void word(String field, @Nullable String word, List<String> known) {
    if (word != null && !known.contains(word)) {
      throw new IllegalArgumentException(field + " is one of " + String.join(", ", known));
    }
  }

  boolean isForced() {
    return Boolean.TRUE.equals(force);
  }

  /** The options of the command line that say the same. */
  List<String> options() {
    List<String> options = new ArrayList<>();
    Bounds.maybe(serverInterface).ifPresent(name -> options.add("--server-interface=" + name));
    Bounds.maybe(sides).ifPresent(text -> options.add("--sides=" + text));
    Bounds.maybe(oversize).ifPresent(word -> options.add("--oversize=" + word));
    Bounds.maybe(backend)
        .ifPresent(word -> options.add("--backend=" + word.toLowerCase(Locale.ROOT)));
    if (Boolean.TRUE.equals(verify)) {
      options.add("--verify=" + String.join(",", receivers == null ? List.of() : receivers));
    }
    if (isForced()) {
      options.add("--force");
    }
    return options;
  }
}
