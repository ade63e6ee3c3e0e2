package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.SelectOption;
import java.util.List;
import java.util.function.Consumer;

/**
 * A view of the page, or a dialog on it, that is worth a picture.
 *
 * @param view the part of its address after {@code #/}
 * @param act what is done there first
 */
record Picture(String name, String view, Consumer<Page> act) {
  /** Charts have a line after so many milliseconds. */
  private static final double CHART = 2500;

  static List<Picture> all(StockedAppliance stock) {
    return java.util.stream.Stream.of(views(stock), dialogs(stock), mirrorDialogs())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Picture> views(StockedAppliance stock) {
    return List.of(
        new Picture("overview", "", Picture::charts),
        new Picture("recordings", "recordings", Picture::charts),
        new Picture("recording", "recordings/" + stock.running(), Picture::charts),
        new Picture(
            "recording-ended", "recordings/" + stock.ended(), unfold("What was done to it")),
        new Picture("schedules", "schedules", Picture::nothing),
        new Picture("templates", "templates", Picture::nothing),
        new Picture("files", "files", Picture::selectSpan),
        new Picture("replays", "replays", Picture::charts),
        new Picture("replay-playing", "replays/" + stock.playing(), Picture::charts),
        new Picture("replay-done", "replays/" + stock.played(), unfold("As a table")),
        new Picture("mirrors", "mirrors", unfold("In words").andThen(Picture::charts)),
        new Picture("tokens", "tokens", Picture::nothing),
        new Picture("system", "system", Picture::doctor),
        new Picture("api", "api", page -> page.locator(".operation summary").nth(3).click()),
        new Picture("users", "users", Picture::nothing),
        new Picture("audit", "audit", Picture::nothing));
  }

  private static List<Picture> dialogs(StockedAppliance stock) {
    String recording = "recordings/" + stock.running();
    return List.of(
        new Picture("dialog-start", "recordings", click("new-recording").andThen(unfold("More:"))),
        new Picture("dialog-upload", "recordings", click("upload").andThen(Picture::refusedUpload)),
        new Picture("dialog-guest", "", click("record-guest")),
        new Picture("dialog-schedule", "schedules", click("change-schedule")),
        new Picture("dialog-template", "templates", click("new-template")),
        new Picture("dialog-retention", recording, click("change-retention")),
        new Picture("dialog-delete-file", "files", click("delete-file")),
        new Picture(
            "dialog-replay",
            "replays",
            click("new-replay").andThen(unfold("Which packets", "Gaps", "Rewriting", "Sending"))),
        new Picture("dialog-pace", "replays/" + stock.playing(), click("change-pace")),
        new Picture("dialog-token", "tokens", click("new-token")),
        new Picture("dialog-user", "users", click("new-user")),
        new Picture("dialog-password", "users", click("who")),
        new Picture("dialog-target", "users", click("new-target")));
  }

  private static List<Picture> mirrorDialogs() {
    return List.of(
        new Picture("dialog-destination", "mirrors", click("new-service")),
        new Picture("dialog-source", "mirrors", click("new-flow").andThen(Picture::plan)),
        new Picture("dialog-change-source", "mirrors", click("change-flow")),
        new Picture(
            "dialog-verify",
            "mirrors",
            page -> {
              page.locator("tr[data-flow=guest-a1]").getByTestId("verify-flow").click();
              assertThat(page.getByTestId("verdict")).isVisible();
            }),
        new Picture(
            "dialog-delete-source",
            "mirrors",
            page -> {
              page.locator("tr[data-flow=guest-a1]").getByTestId("delete-flow").click();
              assertThat(page.getByTestId("plan")).containsText("host-a");
            }));
  }

  private static Consumer<Page> click(String testid) {
    return page -> page.getByTestId(testid).first().click();
  }

  private static Consumer<Page> unfold(String... beginnings) {
    return page -> {
      for (String words : beginnings) {
        Locator summary =
            page.locator("summary", new Page.LocatorOptions().setHasText(words)).last();
        summary.click();
      }
    };
  }

  private static void nothing(Page page) {}

  private static void charts(Page page) {
    page.waitForTimeout(CHART);
  }

  private static void selectSpan(Page page) {
    var box = page.getByTestId("time-line").boundingBox();
    page.mouse().move(box.x + box.width * 0.55, box.y + 12);
    page.mouse().down();
    page.mouse().move(box.x + box.width * 0.8, box.y + 12);
    page.mouse().up();
    page.waitForTimeout(CHART);
  }

  private static void refusedUpload(Page page) {
    page.getByTestId("upload-files")
        .setInputFiles(new FilePayload("notes.txt", "text/plain", new byte[100_000]));
    page.getByTestId("start-upload").click();
    assertThat(page.getByTestId("uploads")).containsText("is not a pcap file");
  }

  private static void doctor(Page page) {
    assertThat(page.getByTestId("doctor-summary")).containsText("good");
  }

  private static void plan(Page page) {
    Locator dialog = page.getByTestId("flow-dialog");
    dialog.locator("[name=name]").fill("web tier");
    dialog.locator("[name=guest]").selectOption(new SelectOption().setLabel("a2 on host-a"));
    page.getByTestId("make-flow").click();
    assertThat(dialog.getByTestId("plan")).containsText("host-a");
    dialog.getByTestId("plan").locator("summary").first().click();
  }
}
