package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of the page share: a browser that is signed in, and in which nothing may go wrong. */
abstract class PageCase {
  final PageLab all;

  /** What the browser complained of, and what it asked of others. */
  final List<String> troubles = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  Page page;

  @SuppressWarnings("NullAway.Init")
  private BrowserContext context;

  PageCase(PageLab all) {
    this.all = all;
  }

  @BeforeEach
  void open() {
    context = all.browser.newContext(new Browser.NewContextOptions().setAcceptDownloads(true));
    context.setDefaultTimeout(PageLab.PATIENCE);
    page = watched(context.newPage());
    all.signIn(page);
  }

  /** The same page, whose troubles are noted. */
  final Page watched(Page one) {
    one.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        troubles.add(message.text());
      }
    });
    one.onPageError(troubles::add);
    one.onRequest(request -> {
      if (!request.url().startsWith(all.appliance.address())) {
        troubles.add("external request: " + request.url());
      }
    });
    one.onDialog(dialog -> {
      troubles.add("dialog: " + dialog.message());
      dialog.dismiss();
    });
    return one;
  }

  @AfterEach
  void nothingWentWrong() {
    context.close();
    assertThat(troubles).isEmpty();
  }

  /** Goes to a view. */
  final void go(String view) {
    page.navigate(all.appliance.address() + "/#/" + view);
  }

  /** Starts a recording of the mirrored traffic, and gives its id once packets come. */
  final String record(String name, String filter) {
    return all.record(page, name, filter);
  }

  /** The one file of a recording. */
  final Path onlySegment(String id) throws IOException {
    try (Stream<Path> files = Files.list(all.data.resolve("recordings").resolve(id))) {
      List<Path> segments = files.filter(file -> file.toString().endsWith(".pcap")).toList();
      assertThat(segments).hasSize(1);
      return segments.getFirst();
    }
  }

  /** The number that is shown. */
  static long figure(Locator locator) {
    return Long.parseLong(locator.textContent().replace(",", ""));
  }
}
