package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files along the time. */
abstract class FilesPageCase extends PageCase {
  FilesPageCase(PageLab all) {
    super(all);
  }

  @Test
  void filesAreFoundAlongTheTimeSelectedProtectedAndDeleted() throws IOException {
    String id = record("Along the time", "icmp");
    page.waitForCondition(() -> figure(page.locator("[data-figure=written]")) >= 5);
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");
    assertThat(page.getByTestId("download")).hasCount(1);
    String packets = page.locator("[data-figure=written]").textContent();
    Path segment = onlySegment(id);
    go("files");
    Locator sum = page.locator("[data-testid=selection] tr[data-recording='" + id + "']");
    assertThat(sum.locator("[data-label=Packets]")).hasText(packets);
    Locator file = page.locator("tr[data-file='" + id + "/1']");
    assertThat(file).isVisible();
    Download whole = page.waitForDownload(() -> sum.getByTestId("span-pcapng").click());
    assertThat(Judge.frames(List.of(whole.path()), ""))
        .hasSize(Integer.parseInt(packets.replace(",", "")))
        .isEqualTo(Judge.frames(List.of(segment), ""));
    page.getByTestId("span-from").fill("2020-01-01T00:00");
    page.getByTestId("span-to").fill("2020-01-01T00:01");
    page.getByTestId("select-span").click();
    assertThat(page.getByText("No complete file has packets in this span.")).isVisible();
    page.getByTestId("select-all").click();
    page.getByTestId("show-all").click();
    assertThat(file).isVisible();
    String begin = page.getByTestId("span-from").inputValue();
    var box = page.getByTestId("time-line").boundingBox();
    page.mouse().move(box.x + box.width / 4, box.y + 12);
    page.mouse().down();
    page.mouse().move(box.x + box.width / 2, box.y + 12);
    page.mouse().up();
    assertThat(page.getByTestId("span-from")).not().hasValue(begin);
    page.getByTestId("select-all").click();
    assertThat(page.getByTestId("span-from")).hasValue(begin);

    file.getByTestId("verify-file").click();
    assertThat(file.getByTestId("verdict")).hasText("ok");
    file.getByTestId("protect-file").click();
    assertThat(file.getByTestId("delete-file")).isHidden();
    file.getByTestId("protect-file").click();
    file.getByTestId("delete-file").click();
    page.getByTestId("confirm").click();
    assertThat(file).hasCount(0);
    assertThat(segment).doesNotExist();
  }
}
