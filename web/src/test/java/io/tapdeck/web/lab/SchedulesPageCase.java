package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import org.junit.jupiter.api.Test;

/** Templates and schedules of recordings. */
abstract class SchedulesPageCase extends PageCase {
  SchedulesPageCase(PageLab all) {
    super(all);
  }

  @Test
  void aTemplateIsChosenAndAScheduleRecordsByIt() {
    go("templates");
    assertThat(page.getByText("There are no templates yet.")).isVisible();
    page.getByTestId("new-template").click();
    page.locator("dialog [name=name]").fill("pings");
    page.locator("dialog [name=filter]").fill("icmp");
    page.locator("dialog [name=keepBytes]").fill("1.5GiB");
    page.getByTestId("save-template").click();
    assertThat(page.locator("[data-template]")).containsText("1.50 GiB");
    go("recordings");
    page.getByTestId("new-recording").first().click();
    page.getByTestId("template").selectOption("pings");
    assertThat(page.locator("dialog [name=filter]")).hasValue("icmp");
    assertThat(page.locator("dialog [name=keepBytes]")).hasValue("1.5GiB");
    page.keyboard().press("Escape");
    go("schedules");
    page.getByTestId("new-schedule").click();
    page.locator("dialog [name=name]").fill("always pings");
    PageLab.chooseInterface(page, all.nic, Lab.namespace("host-b"));
    page.locator("dialog [name=from]").fill("00:00");
    page.locator("dialog [name=to]").fill("00:00");
    page.getByTestId("template").selectOption("pings");
    page.getByTestId("save-schedule").click();
    Locator schedule = page.locator("[data-schedule]");
    assertThat(schedule.getByTestId("next")).containsText("runs until");
    assertThat(schedule.locator("[data-outcome=running]")).hasCount(1);
    schedule.locator("a.row").click();
    assertThat(page.locator("[data-figure=received]")).not().hasText("0");
    go("schedules");
    Locator toggle = schedule.getByTestId("toggle-schedule");
    assertThat(toggle).hasText("Disable");
    schedule.evaluate("row => { row.dataset.seen = 'before'; }");
    toggle.focus();
    page.keyboard().press("Enter");
    assertThat(schedule.locator("[data-outcome=done]")).hasCount(1);
    assertThat(toggle).hasText("Enable");
    // Changed where it is: whoever works with the keyboard goes on from the same button.
    assertThat(schedule).hasAttribute("data-seen", "before");
    assertThat(toggle).isFocused();
    schedule.getByTestId("delete-schedule").click();
    page.getByTestId("confirm").click();
    assertThat(schedule).hasCount(0);
  }
}
