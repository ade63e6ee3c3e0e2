package io.tapdeck.capture.find;

import io.tapdeck.capture.query.Expression;

/**
 * Which packets are to be found.
 *
 * @param terms what is asked of them, outer and inner headers
 * @param bpf what else is asked, of outer headers, as in pcap-filter(7); empty for nothing
 * @param from the earliest time, in nanoseconds since 1970
 * @param to the time before which they came
 * @param limit the most packets that are wanted
 */
public record Question(Expression terms, String bpf, long from, long to, long limit) {
  /** All packets. */
  public static final Question EVERYTHING =
      new Question(new Expression.All(), "", Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

  public Question {
    if (limit < 0) {
      throw new IllegalArgumentException("a limit is not negative");
    }
  }

  /** The same with other terms. */
  public Question withTerms(Expression those) {
    return new Question(those, bpf, from, to, limit);
  }

  /** The same with another filter. */
  public Question withBpf(String expression) {
    return new Question(terms, expression, from, to, limit);
  }

  /** The same of another time. */
  public Question between(long earliest, long before) {
    return new Question(terms, bpf, earliest, before, limit);
  }

  /** The same with another limit. */
  public Question withLimit(long most) {
    return new Question(terms, bpf, from, to, most);
  }

  /** Whether a packet of that time can be one. */
  boolean isWithin(long time) {
    return time >= from && time < to;
  }

  /** Whether some packet can be one, of those from one time to another. */
  boolean overlaps(long first, long last) {
    return last >= from && first < to;
  }
}
