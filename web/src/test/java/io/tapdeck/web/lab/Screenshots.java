package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pictures of every view, in both themes, on a desk and on a phone: for people to look at. Run by
 * {@code scripts/screenshots}; no part of the tests.
 */
@Tag("lab")
class Screenshots {
  private static final int DESK = 1280;
  private static final int PHONE = 390;
  private static final int HEIGHT = 860;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path data;

  @Test
  void take() throws IOException {
    Path into =
        Files.createDirectories(Path.of(System.getProperty("screenshots", "target/screenshots")));
    try (PageLab all = new PageLab(data)) {
      Map<String, String> views = new LinkedHashMap<>();
      try (BrowserContext context = all.browser.newContext()) {
        Page page = context.newPage();
        all.signIn(page);
        String ended = all.record(page, "Names looked up by a1", "udp");
        page.waitForCondition(() -> number(page, "written") > 50);
        page.getByTestId("stop").click();
        assertThat(page.locator("[data-state]").first()).hasText("ended");
        String running = all.record(page, "All of guest a1", "");
        page.waitForCondition(() -> number(page, "received") > 3000);
        views.put("overview", "#/");
        views.put("recordings", "#/recordings");
        views.put("files", "#/files");
        views.put("recording", "#/recordings/" + running);
        views.put("recording-ended", "#/recordings/" + ended);
        views.put("replays", "#/replays");
        views.put("mirrors", "#/mirrors");
        views.put("tokens", "#/tokens");
        views.put("system", "#/system");
        views.put("api", "#/api");
        views.put("users", "#/users");
        views.put("audit", "#/audit");
      }
      for (ColorScheme theme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
        for (int width : new int[] {DESK, PHONE}) {
          take(all, views, theme, width, into);
        }
      }
      stop(all, Objects.requireNonNull(views.get("recording")));
    }
  }

  /** A recorder would outlive the lab, and wait for its interface. */
  private static void stop(PageLab all, String recording) {
    try (BrowserContext context = all.browser.newContext()) {
      Page page = context.newPage();
      all.signIn(page);
      page.navigate(all.appliance.address() + "/" + recording);
      page.getByTestId("stop").click();
      assertThat(page.locator("[data-state]").first()).hasText("ended");
    }
  }

  private static void take(
      PageLab all, Map<String, String> views, ColorScheme theme, int width, Path into) {
    String suffix = "-" + theme.name().toLowerCase(java.util.Locale.ROOT) + "-" + width + ".png";
    try (BrowserContext context =
        all.browser.newContext(
            new Browser.NewContextOptions().setColorScheme(theme).setViewportSize(width, HEIGHT))) {
      Page page = context.newPage();
      page.navigate(all.appliance.address());
      assertThat(page.getByTestId("sign-in-form")).isVisible();
      shoot(page, into.resolve("sign-in" + suffix));
      all.signIn(page);
      for (Map.Entry<String, String> view : views.entrySet()) {
        page.navigate(all.appliance.address() + "/" + view.getValue());
        assertThat(page.locator("main h1")).isVisible();
        // So that charts have a line.
        page.waitForTimeout(1500);
        shoot(page, into.resolve(view.getKey() + suffix));
      }
      page.navigate(all.appliance.address() + "/#/recordings");
      page.getByTestId("new-recording").first().click();
      assertThat(page.getByTestId("start-dialog")).isVisible();
      shoot(page, into.resolve("start" + suffix));
    }
  }

  private static void shoot(Page page, Path file) {
    page.screenshot(new Page.ScreenshotOptions().setPath(file).setFullPage(true));
  }

  private static long number(Page page, String figure) {
    return Long.parseLong(
        page.locator("[data-figure=" + figure + "]").first().textContent().replace(",", ""));
  }
}
