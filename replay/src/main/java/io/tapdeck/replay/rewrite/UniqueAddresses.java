package io.tapdeck.replay.rewrite;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Other addresses in each pass, so that who keeps a table of conversations sees new ones.
 *
 * <p>In pass n, from 0, {@code n * step} is added to the low 24 bits of a unicast address, modulo
 * 2^24, after all other changes: the first byte of an IPv4 address and the first 104 bits of an
 * IPv6 address stay, so that private stays private and a host stays a host, and no two hosts become
 * one. An address has 2^24 / gcd(2^24, step) different ones before the first comes again, 65536
 * with the usual step. The usual step, 256, keeps the last byte of an IPv4 address, too. Each
 * address changes the same way wherever it is found, so conversations, ARP, neighbour discovery and
 * ICMP errors go on fitting together; solicited-node multicast groups follow their addresses.
 * Addresses in 0.0.0.0/8, 127.0.0.0/8 and ::/104, and multicast and broadcast, stay. The first pass
 * is played as it is.
 *
 * @param whose whose addresses
 * @param step 1 to 2^24 - 1
 */
public record UniqueAddresses(Whose whose, int step) {
  /** Whose addresses change. */
  public enum Whose {
    /** Everybody's. */
    ALL,
    /** The clients', where sides are told apart: the servers stay whom they are. */
    CLIENTS
  }

  /** Keeps the last byte of an IPv4 address. */
  public static final int USUAL_STEP = 256;

  static final int MASK = 0xFF_FFFF;

  private static final Pattern FORM = Pattern.compile("(all|clients)(?::(\\d{1,8}))?");

  public UniqueAddresses {
    if (step < 1 || step > MASK) {
      throw new IllegalArgumentException(
          "addresses are moved by 1 to " + MASK + " each pass, not " + step);
    }
  }

  /**
   * Reads {@code all} or {@code clients}, with a step after a colon if it is not {@value
   * #USUAL_STEP}.
   *
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  public static UniqueAddresses parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' does not tell whose addresses change: write all or clients, or all:1");
    }
    return new UniqueAddresses(
        Whose.valueOf(form.group(1).toUpperCase(Locale.ROOT)),
        form.group(2) == null ? USUAL_STEP : Integer.parseInt(form.group(2)));
  }

  /** What is added in a pass, 0 to 2^24 - 1. */
  int shift(long pass) {
    return (int) ((pass * step) & MASK);
  }
}
