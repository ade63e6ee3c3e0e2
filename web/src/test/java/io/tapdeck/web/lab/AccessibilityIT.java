package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every view, in both themes and on a phone, with something in it, as axe-core sees it. */
@Tag("lab")
class AccessibilityIT {
  private static final int DESK = 1280;
  private static final int PHONE = 390;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private static Path data;

  private final Axe axe = Axe.load();
  private final List<String> faults = new ArrayList<>();

  @Test
  void noViewHasASeriousFaultAConsoleErrorOrARequestElsewhere() {
    try (PageLab all = new PageLab(data)) {
      String recording = fill(all);
      for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        look(all, recording, theme, DESK);
      }
      look(all, recording, ColorScheme.DARK, PHONE);
      assertThat(faults).isEmpty();
      stop(all, recording);
    }
  }

  /** Something for each view to show; gives the id of a recording that goes on. */
  private static String fill(PageLab all) {
    try (BrowserContext context = all.browser.newContext()) {
      context.setDefaultTimeout(PageLab.PATIENCE);
      Page page = context.newPage();
      all.signIn(page);
      var _ = all.record(page, "Ended", "icmp");
      page.getByTestId("stop").click();
      assertThat(page.locator("[data-state]").first()).hasText("ended");
      page.navigate(all.appliance.address() + "/#/tokens");
      page.getByTestId("new-token").click();
      page.locator("dialog [name=name]").fill("watcher");
      page.getByTestId("save-token").click();
      page.getByRole(AriaRole.BUTTON, PageLab.named("Close")).click();
      return all.record(page, "Going on", "");
    }
  }

  private void look(PageLab all, String recording, ColorScheme theme, int width) {
    try (BrowserContext context =
        all.browser.newContext(
            new Browser.NewContextOptions()
                .setColorScheme(theme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setViewportSize(width, 900))) {
      context.setDefaultTimeout(PageLab.PATIENCE);
      Page page = watched(context.newPage(), all);
      String where = theme.name() + " " + width + " ";
      page.navigate(all.appliance.address());
      assertThat(page.getByTestId("sign-in-form")).isVisible();
      judge(page, where + "sign-in");
      all.signIn(page);
      for (Map.Entry<String, String> view : views(page, recording).entrySet()) {
        page.navigate(all.appliance.address() + "/" + view.getValue());
        assertThat(page.locator("main h1")).isVisible();
        assertThat(page.locator("main .loading:visible")).hasCount(0);
        judge(page, where + view.getKey());
      }
      page.navigate(all.appliance.address() + "/#/recordings");
      page.getByTestId("new-recording").first().click();
      assertThat(page.getByTestId("start-dialog")).isVisible();
      judge(page, where + "dialog");
    }
  }

  /** All that the page's own links lead to, so that none is forgotten, and a recording. */
  private static Map<String, String> views(Page page, String recording) {
    Map<String, String> views = new LinkedHashMap<>();
    for (var link : page.locator(".top nav a").all()) {
      views.put(link.textContent(), String.valueOf(link.getAttribute("href")));
    }
    assertThat(views).containsKeys("Overview", "Recordings", "Mirrors", "System", "Audit");
    views.put("a recording", "#/recordings/" + recording);
    views.put("the API", "#/api");
    return views;
  }

  private void judge(Page page, String where) {
    axe.faults(page).forEach(fault -> faults.add(where + ": " + fault));
  }

  private Page watched(Page page, PageLab all) {
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        faults.add(message.text());
      }
    });
    page.onPageError(faults::add);
    page.onRequest(request -> {
      if (!request.url().startsWith(all.appliance.address())) {
        faults.add("external request: " + request.url());
      }
    });
    return page;
  }

  /** A recorder would outlive the lab, and wait for its interface. */
  private static void stop(PageLab all, String recording) {
    try (BrowserContext context = all.browser.newContext()) {
      Page page = context.newPage();
      all.signIn(page);
      page.navigate(all.appliance.address() + "/#/recordings/" + recording);
      page.getByTestId("stop").click();
      assertThat(page.locator("[data-state]").first()).hasText("ended");
    }
  }
}
