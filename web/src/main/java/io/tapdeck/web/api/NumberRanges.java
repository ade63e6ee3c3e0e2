package io.tapdeck.web.api;

import io.tapdeck.capture.catalog.Catalog;
import io.tapdeck.capture.catalog.CatalogEntry;
import io.tapdeck.web.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/** Numbers as a query names them: {@code 1-5,9}. */
record NumberRanges(List<Range> ranges) {
  private static final Pattern FORM =
      Pattern.compile("\\d{1,9}(?:-\\d{1,9})?(?:,\\d{1,9}(?:-\\d{1,9})?){0,999}");

  /** Segments that are read at a time. */
  private static final int PART = 1000;

  NumberRanges {
    ranges = List.copyOf(ranges);
  }

  /** From the first to the last, both among them. */
  record Range(int first, int last) {}

  /**
   * Reads them.
   *
   * @throws Problem 400 if they are none, or more than 1000 ranges
   */
  static NumberRanges parse(String text) {
    if (!FORM.matcher(text).matches()) {
      throw Problem.badRequest("numbers are like 1-5,9");
    }
    List<Range> ranges = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      String[] ends = one.split("-", 2);
      int first = Integer.parseInt(ends[0]);
      ranges.add(new Range(first, ends.length == 1 ? first : Integer.parseInt(ends[1])));
    }
    return new NumberRanges(ranges);
  }

  /**
   * The complete segments of these numbers, each once, in their order.
   *
   * @param most with more than so many, not all are given
   */
  List<CatalogEntry> in(Catalog catalog, UUID recording, int most) {
    TreeMap<Integer, CatalogEntry> found = new TreeMap<>();
    for (Range range : ranges) {
      int after = range.first() - 1;
      while (after < range.last() && found.size() <= most) {
        List<CatalogEntry> part = catalog.segments(recording, after, PART);
        part.stream()
            .filter(segment -> segment.number() <= range.last())
            .forEach(segment -> found.put(segment.number(), segment));
        after = part.size() < PART ? range.last() : part.getLast().number();
      }
    }
    return List.copyOf(found.values());
  }
}
