package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pictures of every view and dialog, in both themes, on a desk and on a phone: for people to look
 * at. Run by {@code scripts/screenshots}; no part of the tests.
 */
@Tag("lab")
class Screenshots {
  private static final int DESK = 1280;
  private static final int PHONE = 390;
  private static final int HEIGHT = 860;

  private static final double SMALL = 0.75;

  /** Charts have a line after so many milliseconds. */
  private static final double CHART = 2500;

  private static final List<String> EMPTY_VIEWS =
      List.of("", "recordings", "schedules", "templates", "files", "replays", "mirrors", "tokens");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path data;

  @SuppressWarnings("NullAway.Init")
  private Path into;

  /** How a page is looked at. */
  private record Eyes(ColorScheme theme, int width) {
    static List<Eyes> all() {
      return List.of(
          new Eyes(ColorScheme.LIGHT, DESK),
          new Eyes(ColorScheme.DARK, DESK),
          new Eyes(ColorScheme.LIGHT, PHONE),
          new Eyes(ColorScheme.DARK, PHONE));
    }

    BrowserContext open(Browser browser) {
      BrowserContext context =
          browser.newContext(
              new Browser.NewContextOptions()
                  .setColorScheme(theme)
                  .setReducedMotion(ReducedMotion.REDUCE)
                  .setViewportSize(width, HEIGHT));
      context.setDefaultTimeout(PageLab.PATIENCE);
      return context;
    }

    String file(String name) {
      return "%s-%s-%d.png".formatted(name, theme.name().toLowerCase(Locale.ROOT), width);
    }
  }

  @Test
  void take() throws IOException {
    into =
        Files.createDirectories(Path.of(System.getProperty("screenshots", "target/screenshots")));
    try (PageLab all = new PageLab(data.resolve("full"))) {
      takeEmpty(all.browser);
      try (Veth veth = new Veth();
          StockedAppliance stock = new StockedAppliance(all, veth)) {
        for (Eyes eyes : Eyes.all()) {
          takeFull(all, stock, eyes);
        }
        takeSmall(all, stock);
      }
    }
  }

  /** An appliance that nobody has used yet, and that no host reports to. */
  private void takeEmpty(Browser browser) {
    Path empty = data.resolve("empty");
    try (ServedAppliance appliance = ServedAppliance.alone(empty)) {
      for (Eyes eyes : Eyes.all()) {
        try (BrowserContext context = eyes.open(browser)) {
          Page page = context.newPage();
          page.navigate(appliance.address());
          assertThat(page.getByTestId("setup-form")).isVisible();
          shoot(page, eyes, "set-up");
        }
      }
      PageLab.signUp(browser, appliance);
      for (Eyes eyes : Eyes.all()) {
        try (BrowserContext context = eyes.open(browser)) {
          Page page = context.newPage();
          page.navigate(appliance.address());
          assertThat(page.getByTestId("sign-in-form")).isVisible();
          shoot(page, eyes, "sign-in");
          PageLab.signIn(page, appliance, PageLab.USER);
          for (String view : EMPTY_VIEWS) {
            look(page, appliance.address() + "/#/" + view);
            shoot(page, eyes, "empty-" + (view.isEmpty() ? "overview" : view));
          }
        }
      }
    } finally {
      Command.run(Playing.TAPDECK.toString(), "northbound", "stop", "--data", empty.toString());
    }
  }

  private void takeFull(PageLab all, StockedAppliance stock, Eyes eyes) {
    try (BrowserContext context = eyes.open(all.browser)) {
      Page page = context.newPage();
      all.signIn(page);
      for (Picture picture : Picture.all(stock)) {
        look(page, all.appliance.address() + "/#/" + picture.view());
        picture.act().accept(page);
        if (picture.moves()) {
          page.waitForTimeout(CHART);
        }
        shoot(page, eyes, picture.name());
        // An Escape for each dialog, and for what is in it.
        while (page.locator("dialog").count() > 0) {
          page.keyboard().press("Escape");
        }
      }
    }
  }

  /** The views as README shows them: what is seen of each at first, small. */
  private void takeSmall(PageLab all, StockedAppliance stock) throws IOException {
    Path small = Files.createDirectories(into.resolve("small"));
    try (BrowserContext context =
        all.browser.newContext(
            new Browser.NewContextOptions()
                .setDeviceScaleFactor(SMALL)
                .setColorScheme(ColorScheme.LIGHT)
                .setViewportSize(DESK, HEIGHT))) {
      context.setDefaultTimeout(PageLab.PATIENCE);
      Page page = context.newPage();
      all.signIn(page);
      for (Picture picture : Picture.views(stock)) {
        look(page, all.appliance.address() + "/#/" + picture.view());
        picture.act().accept(page);
        if (picture.moves()) {
          page.waitForTimeout(CHART);
        }
        page.mouse().move(0, 0);
        page.screenshot(
            new Page.ScreenshotOptions().setPath(small.resolve(picture.name() + ".png")));
      }
    }
  }

  private static void look(Page page, String address) {
    page.navigate(address);
    assertThat(page.locator("main h1")).isVisible();
    assertThat(page.locator("main .loading:visible")).hasCount(0);
  }

  /** All of a page, or of the dialog that is open, however long it is. */
  private void shoot(Page page, Eyes eyes, String name) {
    Path file = into.resolve(eyes.file(name));
    page.mouse().move(0, 0);
    Locator dialog = page.locator("dialog[open]").last();
    if (page.locator("dialog[open]").count() == 0) {
      page.screenshot(new Page.ScreenshotOptions().setPath(file).setFullPage(true));
      return;
    }
    page.setViewportSize(eyes.width(), 2400);
    assertThat(dialog.getByText("Loading…")).hasCount(0);
    dialog.screenshot(new Locator.ScreenshotOptions().setPath(file));
    page.setViewportSize(eyes.width(), HEIGHT);
  }
}
