package io.tapdeck.capture.find;

import io.tapdeck.capture.dissect.Address;
import io.tapdeck.capture.dissect.Headers;
import io.tapdeck.capture.dissect.Protocol;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up packets by conversation: of each the innermost addresses, ports and protocol. Memory is
 * bounded: what comes when there are {@value #MOST} conversations, and is of none of them, is
 * counted as others.
 */
public final class ConversationTable {
  /** The most conversations. */
  public static final int MOST = 100_000;

  /**
   * Who talks to whom; the end that sent the first packet comes first.
   *
   * @param onePort -1 if there is none
   * @param otherPort -1 if there is none
   */
  public record Ends(Protocol protocol, Address one, int onePort, Address other, int otherPort) {
    private Ends turned() {
      return new Ends(
          protocol,
          /* one= */ other,
          /* onePort= */ otherPort,
          /* other= */ one,
          /* otherPort= */ onePort);
    }
  }

  /**
   * A conversation.
   *
   * @param bytes that its packets had, captured or not
   * @param bytesFromOne of these, what the first end sent
   * @param first when its first packet came, nanoseconds since 1970
   * @param last when its last packet came
   */
  public record Conversation(
      Ends ends,
      long packets,
      long packetsFromOne,
      long bytes,
      long bytesFromOne,
      long first,
      long last) {
    private Conversation plus(Conversation more) {
      return new Conversation(
          ends,
          packets + more.packets,
          packetsFromOne + more.packetsFromOne,
          bytes + more.bytes,
          bytesFromOne + more.bytesFromOne,
          Math.min(first, more.first),
          Math.max(last, more.last));
    }
  }

  private final Map<Ends, Conversation> conversations = new HashMap<>();
  private long others;

  /**
   * Adds a packet.
   *
   * @param time in nanoseconds since 1970
   * @param bytes that it had
   */
  public void add(Headers headers, long time, long bytes) {
    int innermost = headers.networks() - 1;
    if (innermost < 0) {
      others++;
      return;
    }
    Ends ends =
        new Ends(
            new Protocol(headers.protocol(innermost)),
            headers.source(innermost),
            headers.sourcePort(innermost),
            headers.destination(innermost),
            headers.destinationPort(innermost));
    if (conversations.containsKey(ends)) {
      conversations.computeIfPresent(
          ends, (_, sum) -> sum.plus(new Conversation(ends, 1, 1, bytes, bytes, time, time)));
    } else if (conversations.containsKey(ends.turned())) {
      conversations.computeIfPresent(
          ends.turned(), (_, sum) -> sum.plus(new Conversation(ends, 1, 0, bytes, 0, time, time)));
    } else if (conversations.size() < MOST) {
      conversations.put(ends, new Conversation(ends, 1, 1, bytes, bytes, time, time));
    } else {
      others++;
    }
  }

  /** All of them, those of most bytes first. */
  public List<Conversation> conversations() {
    return conversations.values().stream()
        .sorted(
            Comparator.comparingLong(Conversation::bytes)
                .reversed()
                .thenComparingLong(Conversation::first))
        .toList();
  }

  /** How many packets have no addresses, or are of conversations beyond the bound. */
  public long others() {
    return others;
  }
}
