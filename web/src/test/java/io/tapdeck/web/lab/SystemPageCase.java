package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The appliance itself, its doctor and its API. */
abstract class SystemPageCase extends PageCase {
  SystemPageCase(PageLab all) {
    super(all);
  }

  @Test
  void theDoctorTellsWhatItFindsAndLeavesTheDiskAlone() {
    String id = record("While the doctor looks", "");
    go("system");
    assertThat(page.getByTestId("about")).containsText(all.data.toString());
    assertThat(page.getByTestId("settings")).containsText("none: plain HTTP");
    Locator summary = page.getByTestId("doctor-summary");
    assertThat(summary).containsText(Pattern.compile("\\d+ bad, \\d+ warn, \\d+ good"));
    assertThat(page.locator("[data-check='free space']")).hasCount(1);
    assertThat(page.locator("[data-check='write speed']")).hasCount(0);
    assertThat(page.getByTestId("measure")).isDisabled();
    assertThat(page.getByTestId("doctor")).containsText("not while something is recorded");
    page.navigate(all.appliance.address() + "/#/recordings/" + id);
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");
  }

  @Test
  void theApiIsDescribedAndItsExampleWorks() {
    go("system");
    page.getByRole(AriaRole.LINK, PageLab.named("The API")).click();
    page.getByTestId("search-api").fill("/about");
    Locator shown = page.locator(".operation:visible");
    assertThat(shown).hasCount(1);
    shown.locator("summary").click();
    assertThat(shown).containsText("Needs the role viewer");
    assertThat(shown.getByTestId("curl"))
        .hasText(
            "curl \\\n  -H \"Authorization: Bearer $TAPDECK_TOKEN\" \\\n  '"
                + all.appliance.address()
                + "/api/v1/about'");
    page.getByTestId("search-api").fill("nothing like it");
    assertThat(page.getByText("No route has these words.")).isVisible();
  }
}
