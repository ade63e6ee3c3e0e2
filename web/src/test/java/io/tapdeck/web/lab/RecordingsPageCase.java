package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Recordings: started, watched, stopped, downloaded, and what they keep. */
abstract class RecordingsPageCase extends PageCase {
  RecordingsPageCase(PageLab all) {
    super(all);
  }

  @Test
  void aRecordingIsStartedWatchedStoppedAndDownloaded() throws IOException {
    String id = record("All of a1", "udp or tcp or icmp");
    Locator received = page.locator("[data-figure=received]");
    long before = figure(received);
    page.waitForCondition(() -> figure(received) > before + 100);
    assertThat(page.locator(".chart canvas").first()).isVisible();
    Download soFar = page.waitForDownload(() -> page.getByTestId("download-current").click());
    assertThat(Judge.frames(List.of(soFar.path()), "")).isNotEmpty();
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");

    long written = figure(page.locator("[data-figure=written]"));
    assertThat(figure(received))
        .isEqualTo(written + figure(page.locator("[data-figure=droppedKernel]")));
    assertThat(figure(page.locator("[data-figure=buffered]"))).isZero();
    Path file = onlySegment(id);
    assertThat(Judge.frames(List.of(file), "")).hasSize((int) written);

    assertThat(page.getByTestId("download")).hasCount(1);
    Download download = page.waitForDownload(() -> page.getByTestId("download").click());
    assertThat(download.suggestedFilename()).isEqualTo(file.getFileName().toString());
    assertThat(Files.mismatch(download.path(), file)).isEqualTo(-1);
  }

  @Test
  void whatARecordingKeepsIsChangedAndItsHistoryIsShown() {
    record("Kept", "icmp");
    page.getByTestId("change-retention").click();
    page.locator("dialog [name=keepBytes]").fill("1GiB");
    page.locator("dialog [name=keepFiles]").fill("5");
    page.getByTestId("save-retention").click();
    assertThat(page.getByLabel("Settings")).containsText("1.00 GiB, 5 files");
    assertThat(page.getByTestId("outlook")).containsText("Removes the oldest files");
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");
    assertThat(page.locator("[data-run=done]")).containsText("it was stopped");
    page.getByTestId("resume").click();
    assertThat(page.locator("[data-state]").first()).hasText("recording");
    assertThat(page.locator("[data-run]")).hasCount(2);
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-run=done]")).hasCount(2);
    page.getByText("What was done to it, and by whom").click();
    assertThat(page.getByTestId("actions")).containsText("change what is kept");
    assertThat(page.getByTestId("actions")).containsText("resume");
  }

  @Test
  void aFilterIsCheckedAsItIsTyped() {
    page.getByTestId("new-recording").first().click();
    page.locator("[name=filter]").fill("udp prt 53");
    assertThat(page.getByTestId("filter-verdict")).containsText("syntax error");
    page.locator("[name=filter]").fill("udp port 53");
    assertThat(page.getByTestId("filter-verdict")).containsText("this filter is valid");
  }
}
