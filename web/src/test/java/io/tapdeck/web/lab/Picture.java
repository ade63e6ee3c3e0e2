package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.SelectOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A view of the page, or a dialog on it, that is worth a picture.
 *
 * @param view the part of its address after {@code #/}
 * @param act what is done there first
 * @param moves whether it has charts or rates, which tell something only after a while
 */
record Picture(String name, String view, Consumer<Page> act, boolean moves) {
  private Picture(String name, String view, Consumer<Page> act) {
    this(name, view, act, false);
  }

  private static Picture moving(String name, String view, Consumer<Page> act) {
    return new Picture(name, view, act, true);
  }

  /** Views and dialogs. */
  static List<Picture> all(StockedAppliance stock) {
    return Stream.of(views(stock), dialogs(stock), mirrorDialogs()).flatMap(List::stream).toList();
  }

  static List<Picture> views(StockedAppliance stock) {
    return List.of(
        moving("overview", "", Picture::nothing),
        moving("recordings", "recordings", Picture::nothing),
        moving("recording", "recordings/" + stock.running(), Picture::nothing),
        new Picture(
            "recording-ended", "recordings/" + stock.ended(), unfold("What was done to it")),
        new Picture("schedules", "schedules", Picture::nothing),
        new Picture("templates", "templates", Picture::nothing),
        moving("files", "files", Picture::selectSpan),
        moving("replays", "replays", Picture::nothing),
        moving("replay-playing", "replays/" + stock.playing(), Picture::nothing),
        new Picture("replay-done", "replays/" + stock.played(), unfold("As a table")),
        moving("mirrors", "mirrors", unfold("In words")),
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
    return page -> page.getByTestId(testid).locator("visible=true").first().click();
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

  private static void selectSpan(Page page) {
    var box = page.getByTestId("time-line").boundingBox();
    page.mouse().move(box.x + box.width * 0.55, box.y + 12);
    page.mouse().down();
    page.mouse().move(box.x + box.width * 0.8, box.y + 12);
    page.mouse().up();
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
    dialog.locator("[name=guest]").selectOption(new SelectOption().setLabel("a4 on host-a"));
    dialog.locator("[name=tap]").selectOption(new SelectOption().setLabel("deck, on host-b"));
    page.getByTestId("make-flow").click();
    assertThat(dialog.getByTestId("plan")).containsText("host-a");
    dialog.getByTestId("plan").locator("summary").first().click();
  }
}
