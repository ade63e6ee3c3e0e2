package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every view and dialog, in both themes and on a phone, with something in it, as axe-core sees it.
 */
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
    try (PageLab all = new PageLab(data);
        Veth veth = new Veth();
        StockedAppliance stock = new StockedAppliance(all, veth)) {
      List<Picture> pictures = Picture.all(stock);
      for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        look(all, pictures, theme, DESK);
      }
      look(all, pictures, ColorScheme.DARK, PHONE);
      assertThat(faults).isEmpty();
    }
  }

  private void look(PageLab all, List<Picture> pictures, ColorScheme theme, int width) {
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
      noneIsForgotten(page, pictures);
      for (Picture picture : pictures) {
        page.navigate(all.appliance.address() + "/#/" + picture.view());
        assertThat(page.locator("main h1")).isVisible();
        assertThat(page.locator("main .loading:visible")).hasCount(0);
        picture.act().accept(page);
        judge(page, where + picture.name());
        fits(page, where + picture.name());
        while (page.locator("dialog").count() > 0) {
          page.keyboard().press("Escape");
        }
      }
    }
  }

  /** All that the page's own links lead to is looked at. */
  private static void noneIsForgotten(Page page, List<Picture> pictures) {
    List<String> views = pictures.stream().map(Picture::view).toList();
    assertThat(page.locator(".top nav a").all())
        .hasSizeGreaterThan(7)
        .allSatisfy(link ->
            assertThat(views).contains(String.valueOf(link.getAttribute("href")).substring(2)));
  }

  private void judge(Page page, String where) {
    axe.faults(page).forEach(fault -> faults.add(where + ": " + fault));
  }

  /** The page itself is never scrolled sideways. */
  private void fits(Page page, String where) {
    Object room = page.evaluate("() => document.documentElement.scrollWidth - innerWidth");
    if (((Number) room).intValue() > 0) {
      faults.add(where + ": is " + room + " pixels too wide");
    }
  }

  private Page watched(Page page, PageLab all) {
    page.onConsoleMessage(message -> {
      boolean isTrouble = message.type().equals("error") || message.type().equals("warning");
      // The browser tells of each request that is refused, also of the one that is to be.
      if (isTrouble && !message.location().contains("/upload?")) {
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
}
