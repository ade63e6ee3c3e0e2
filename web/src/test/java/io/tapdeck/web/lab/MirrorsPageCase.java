package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.SelectOption;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Mirrors: planned, made, verified, changed and deleted. */
abstract class MirrorsPageCase extends PageCase {
  MirrorsPageCase(PageLab all) {
    super(all);
  }

  @Test
  void aMirrorIsDisabledAndEnabled() {
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Mirrors").setExact(true))
        .click();
    Locator flow = page.locator("tr[data-flow=guest-a1]").getByTestId("toggle-flow");
    Locator state = page.locator("tr[data-flow=guest-a1] [data-state]");
    assertThat(state).hasText("active");
    flow.click();
    assertThat(state).hasText("disabled");
    assertThat(all.lab.flowState("guest-a1")).isEqualTo("disabled");
    assertThat(flow).hasText("Enable");
    flow.click();
    assertThat(state).hasText("active");
    assertThat(all.lab.flowState("guest-a1")).isEqualTo("active");
  }

  @Test
  void aMirrorIsPlannedMadeVerifiedChangedAndDeleted() {
    go("mirrors");
    assertThat(page.locator("tr[data-flow=guest-a1] [data-state]")).hasText("active");
    page.getByTestId("new-flow").click();
    Locator dialog = page.getByTestId("flow-dialog");
    Locator name = dialog.locator("[name=name]");
    Locator submit = page.getByTestId("make-flow");
    name.fill("guest-a1");
    dialog.locator("[name=guest]").selectOption(new SelectOption().setLabel("a2 on host-a"));
    submit.click();
    assertThat(name).hasAttribute("aria-invalid", "true");
    assertThat(dialog.locator("label:has([name=name])"))
        .containsText("A tap flow named guest-a1 exists already");
    // The browser tells of each request that is refused.
    troubles.removeIf(trouble -> trouble.contains("409 (Conflict)"));

    name.fill("page-a2");
    submit.click();
    assertThat(dialog.getByTestId("plan")).containsText("host-a");
    assertThat(submit).hasText("Mirror");
    assertThat(all.lab.tapdeck("tap-flow-list").out()).doesNotContain("page-a2");
    submit.click();
    Locator row = page.locator("tr[data-flow=page-a2]");
    assertThat(row.locator("[data-state]")).hasText("active");
    row.getByTestId("verify-flow").click();
    assertThat(page.getByTestId("verdict")).containsText("hops are right");
    page.getByRole(AriaRole.BUTTON, PageLab.named("Close")).click();

    row.getByTestId("change-flow").click();
    dialog.locator("[name=truncate]").fill("64");
    submit.click();
    assertThat(dialog.getByTestId("plan")).containsText("host-a");
    assertThat(submit).hasText("Change");
    submit.click();
    assertThat(row).containsText("64 bytes");
    page.getByTestId("topology-words").locator("summary").click();
    assertThat(page.getByTestId("topology-words")).containsText("page-a2: a2 ");
    assertThat(page.getByTestId("topology-words"))
        .containsText(Pattern.compile("Tunnel host-a → host-b, [0-9.]+ k?pps"));

    row.getByTestId("delete-flow").click();
    assertThat(page.getByTestId("plan")).containsText("removes");
    page.getByTestId("confirm").click();
    assertThat(row).hasCount(0);
    assertThat(all.lab.tapdeck("tap-flow-list").out()).doesNotContain("page-a2");
  }
}
