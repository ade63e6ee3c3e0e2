package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The overview: all traffic of a guest, now. */
abstract class OverviewPageCase extends PageCase {
  OverviewPageCase(PageLab all) {
    super(all);
  }

  @Test
  void aGuestIsRecordedInTwoClicksAndItsMirrorGoesWithTheRecording() {
    page.locator("[data-testid=record-guest][data-guest=a3]").click();
    page.getByTestId("start-recording").click();
    assertThat(page.locator("[data-figure=received]")).not().hasText("0");
    assertThat(all.lab.tapdeck("tap-flow-list").out()).contains("rec-a3-");
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");
    Await.until(
        "the mirror to be gone",
        () ->
            !all.lab.tapdeck("tap-flow-list").out().contains("rec-a3-")
                && !all.lab.tapdeck("tap-service-list").out().contains("rec-a3-"));
    assertThat(all.lab.flowState("guest-a1")).isEqualTo("active");
  }
}
