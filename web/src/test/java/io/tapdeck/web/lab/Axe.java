package io.tapdeck.web.lab;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Deque's axe-core: finds what keeps people from using a page, as far as a program can tell. */
final class Axe {
  private static final String RUN =
      """
      async () => {
        const { violations, passes } = await axe.run(document);
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        const faults = serious.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target}: ${failureSummary}`));
        return passes.length === 0 ? ['axe-core looked at nothing', ...faults] : faults;
      }\
      """;

  private final String script;

  private Axe(String script) {
    this.script = script;
  }

  /** The one on the class path. */
  static Axe load() {
    try (InputStream source = Axe.class.getResourceAsStream("/axe.min.js")) {
      return new Axe(
          new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Each serious or critical fault, with where it is and what is wrong. */
  List<String> faults(Page page) {
    var _ = page.evaluate(script);
    return ((List<?>) page.evaluate(RUN)).stream().map(String::valueOf).toList();
  }
}
