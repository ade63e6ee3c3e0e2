package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;

/** The lab with traffic and a mirror, an appliance that has its first user, and a browser. */
final class PageLab implements AutoCloseable {
  static final double PATIENCE = 20_000;

  static final String USER = "ada";
  static final String PASSWORD = "correct horse";

  final Lab lab;
  final Path data;
  final String nic;
  final ServedAppliance appliance;
  final Browser browser;
  private final Chromium chromium;

  /** Starts all of it. */
  PageLab(Path data) {
    this.data = data;
    lab = Lab.up();
    lab.lab("traffic", "start", "--seconds", "600");
    nic = lab.activeService("deck", "host", "host-b").get("nic").asText();
    lab.activeFlow("guest-a1", "deck", "a1");
    appliance = ServedAppliance.start(lab, data);
    chromium = new Chromium();
    browser = chromium.browser;
    signUp(browser, appliance);
  }

  /** Makes the first user, with the code that the appliance printed. */
  static void signUp(Browser browser, ServedAppliance appliance) {
    try (BrowserContext first = browser.newContext()) {
      Page page = first.newPage();
      page.navigate(appliance.address());
      page.getByLabel("Code").fill(appliance.code());
      page.getByLabel("User").fill(USER);
      page.getByLabel("Password").fill(PASSWORD);
      page.getByRole(AriaRole.BUTTON, named("Begin")).click();
      assertThat(page.getByRole(AriaRole.HEADING, heading("Overview"))).isVisible();
    }
  }

  /** Signs in, in a browser that nobody is signed in with. */
  void signIn(Page page) {
    signIn(page, USER);
  }

  /** The same as another user, who has the same password. */
  void signIn(Page page, String user) {
    signIn(page, appliance, user);
  }

  static void signIn(Page page, ServedAppliance appliance, String user) {
    page.navigate(appliance.address());
    page.getByLabel("User").fill(user);
    page.getByLabel("Password").fill(PASSWORD);
    page.getByRole(AriaRole.BUTTON, named("Sign in")).click();
    assertThat(page.getByRole(AriaRole.HEADING, heading("Overview"))).isVisible();
  }

  /** Starts a recording of the mirrored traffic by hand, and gives its id once packets come. */
  String record(Page page, String name, String filter) {
    page.navigate(appliance.address() + "/#/recordings");
    page.getByTestId("new-recording").first().click();
    chooseInterface(page, nic, Lab.namespace("host-b"));
    page.locator("dialog [name=name]").fill(name);
    page.locator("[name=filter]").fill(filter);
    // One file, whatever the clock says.
    page.locator("[name=rotateEvery]").fill("");
    page.getByTestId("start-recording").click();
    page.waitForURL(java.util.regex.Pattern.compile(".*#/recordings/[0-9a-f-]{36}$"));
    assertThat(page.locator("[data-figure=received]")).not().hasText("0");
    return page.url().substring(page.url().lastIndexOf('/') + 1);
  }

  /** Chooses an interface in the dialog that is open. */
  static void chooseInterface(Page page, String name, String netns) {
    Locator option =
        page.locator(
            "[data-testid=interface] option[data-interface='%s'][data-netns='%s']"
                .formatted(name, netns));
    assertThat(option).hasCount(1);
    page.getByTestId("interface").selectOption(option.getAttribute("value"));
  }

  static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  static Page.GetByRoleOptions heading(String name) {
    return named(name).setLevel(1);
  }

  @Override
  public void close() {
    chromium.close();
    appliance.close();
    lab.close();
  }
}
