package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.LoadState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds for all views: hostile words are text, and the first load is small. */
abstract class EveryPageCase extends PageCase {
  EveryPageCase(PageLab all) {
    super(all);
  }

  @Test
  void hostileWordsAreNothingButText() {
    String hostile = "\"><img src=x onerror=\"alert(1)\"><script>alert(2)</script>";
    String id = record(hostile, "");
    assertThat(page.getByRole(AriaRole.HEADING, PageLab.heading(hostile))).isVisible();
    for (String view :
        List.of(
            "#/",
            "#/recordings",
            "#/files",
            "#/replays",
            "#/mirrors",
            "#/tokens",
            "#/system",
            "#/audit")) {
      page.navigate(all.appliance.address() + "/" + view);
      assertThat(page.locator("main h1")).isVisible();
      assertThat(page.locator("main img, main script")).hasCount(0);
    }
    page.navigate(all.appliance.address() + "/#/recordings/" + id);
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");
    page.getByTestId("delete").click();
    page.getByTestId("confirm").click();
    assertThat(page.getByRole(AriaRole.HEADING, PageLab.heading("Recordings"))).isVisible();
    assertThat(page.locator("[data-recording='" + id + "']")).hasCount(0);
    assertThat(all.data.resolve("recordings").resolve(id)).doesNotExist();
  }

  @Test
  void thePageIsSmallAndUsableAtOnce() {
    List<Response> loaded = new ArrayList<>();
    // A browser of its own: what a page left behind was loading has no body to ask for any more.
    try (BrowserContext stranger = all.browser.newContext()) {
      stranger.setDefaultTimeout(PageLab.PATIENCE);
      Page first = watched(stranger.newPage());
      first.onResponse(response -> {
        if (response.status() == 200 && !response.url().contains("/api/")) {
          loaded.add(response);
        }
      });
      first.navigate(all.appliance.address());
      assertThat(first.getByTestId("sign-in-form")).isVisible();
      first.waitForLoadState(LoadState.NETWORKIDLE);
      // Not in the handler: it would also ask for what comes while the page is closed.
      long size = List.copyOf(loaded).stream().mapToLong(response -> response.body().length).sum();
      assertThat(size).isBetween(1L, 300_000L);
    }
  }
}
