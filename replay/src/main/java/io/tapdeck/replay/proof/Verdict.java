package io.tapdeck.replay.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What became of the frames that the kernel accepted.
 *
 * @param interfaceName the interface they were handed to
 * @param sent how many the kernel accepted
 * @param transmitted what that interface counted meanwhile; empty if it was lost
 * @param arrivals what arrived at the receiving interface; empty if none was named, or watching it
 *     failed
 * @param trouble why watching the receiving interface failed; empty if it did not
 */
public record Verdict(
    String interfaceName,
    long sent,
    Optional<InterfaceCounters> transmitted,
    Optional<Arrivals> arrivals,
    Optional<String> trouble) {

  /**
   * What arrived: sent = arrived + missing. All numbers are frames, but for the gaps.
   *
   * @param interfaceName the receiving interface
   * @param arrived those that were sent, each once
   * @param missing sent, and not seen to arrive
   * @param gaps how often frames were passed over that had not arrived by then
   * @param outOfOrder arrived after one that was sent after them
   * @param duplicates arrived once more
   * @param unrelated none of those that were sent
   * @param receiverDropped dropped by the capture for want of room: they arrived, of whatever kind
   * @param unwatched sent, and not compared, since the comparison lagged too far behind; they are
   *     among the missing, and among the unrelated if they arrived
   * @param counted what the receiving interface itself counted; empty if it was lost
   */
  public record Arrivals(
      String interfaceName,
      long arrived,
      long missing,
      long gaps,
      long outOfOrder,
      long duplicates,
      long unrelated,
      long receiverDropped,
      long unwatched,
      Optional<InterfaceCounters> counted) {
    /** Whether all frames arrived, each once and in order. */
    public boolean complete() {
      return missing == 0 && outOfOrder == 0 && duplicates == 0;
    }

    /** Whether nothing that is missing can be put down to the watching. */
    public boolean conclusive() {
      return receiverDropped == 0 && unwatched == 0;
    }
  }

  /**
   * Whether nothing speaks against all frames having been sent and, where that was watched, having
   * arrived once and in order.
   */
  public boolean proven() {
    return trouble.isEmpty()
        && transmitted.map(counted -> counted.txPackets() >= sent).orElse(false)
        && arrivals.map(Arrivals::complete).orElse(true);
  }

  /** The same in words, a sentence each. */
  public List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.add(transmitted.map(this::transmission).orElseGet(this::interfaceGone));
    arrivals.ifPresent(one -> addArrivals(one, sentences));
    trouble.ifPresent(why -> sentences.add("What arrived is not known: " + why + "."));
    return List.copyOf(sentences);
  }

  private String interfaceGone() {
    return interfaceName + " is gone, and its counters with it.";
  }

  private String transmission(InterfaceCounters counted) {
    long difference = counted.txPackets() - sent;
    String text = interfaceName + " counted " + frames(counted.txPackets()) + " sent, ";
    if (difference == 0) {
      text += "as many as the kernel accepted";
    } else if (difference > 0) {
      text +=
          number(difference)
              + " more than the kernel accepted of this replay: others sent by it too, so that its"
              + " counter proves nothing about these";
    } else {
      text += number(-difference) + " fewer than the kernel accepted";
    }
    if (counted.txDropped() > 0) {
      text += "; it dropped " + number(counted.txDropped());
    }
    if (counted.txErrors() > 0) {
      text += "; " + number(counted.txErrors()) + " failed";
    }
    return text + ".";
  }

  private void addArrivals(Arrivals one, List<String> sentences) {
    String name = one.interfaceName();
    if (one.missing() == 0) {
      sentences.add(
          (sent == 1 ? "The frame" : "All " + frames(sent))
              + " arrived at "
              + name
              + (one.outOfOrder() == 0 ? ", in order." : "."));
    } else if (!one.conclusive()) {
      sentences.add(unseen(one));
    } else {
      sentences.add(
          "Of %s %s arrived at %s, %s %s missing in %s."
              .formatted(
                  frames(sent),
                  number(one.arrived()),
                  name,
                  number(one.missing()),
                  one.missing() == 1 ? "is" : "are",
                  one.gaps() <= 1 ? "one place" : number(one.gaps()) + " places"));
    }
    if (one.outOfOrder() > 0 && one.conclusive()) {
      sentences.add(frames(one.outOfOrder()) + " arrived out of order.");
    }
    if (one.duplicates() > 0) {
      sentences.add(frames(one.duplicates()) + " arrived more than once.");
    }
    if (one.unrelated() > 0) {
      sentences.add(frames(one.unrelated()) + " arrived that this replay did not send.");
    }
    if (one.counted().map(InterfaceCounters::rxDropped).orElse(0L) > 0) {
      sentences.add(
          "%s itself dropped %s.".formatted(name, frames(one.counted().orElseThrow().rxDropped())));
    }
  }

  /** Where the watching itself has lost some, what it has not seen may have arrived. */
  private String unseen(Arrivals one) {
    long lost = Math.max(0, one.missing() - one.receiverDropped() - one.unwatched());
    return ("Of %s %s were seen at %s. The watching itself could not keep up: its capture dropped"
            + " %s, and %s it did not compare; %s, and of the order nothing is known.")
        .formatted(
            frames(sent),
            number(one.arrived()),
            one.interfaceName(),
            frames(one.receiverDropped()),
            number(one.unwatched()),
            lost == 0 ? "no loss is proven" : frames(lost) + " more are missing");
  }

  private static String frames(long count) {
    return number(count) + (count == 1 ? " frame" : " frames");
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
