package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.SelectOption;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser, on a real appliance that mirrors and records the lab's traffic. */
@Tag("lab")
class PageIT {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private static Path data;

  @SuppressWarnings("NullAway.Init")
  private static PageLab all;

  private final List<String> troubles = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private BrowserContext context;

  @SuppressWarnings("NullAway.Init")
  private Page page;

  @BeforeAll
  static void serve() {
    all = new PageLab(data);
  }

  @AfterAll
  static void end() {
    all.close();
  }

  @BeforeEach
  void open() {
    context = all.browser.newContext(new Browser.NewContextOptions().setAcceptDownloads(true));
    context.setDefaultTimeout(PageLab.PATIENCE);
    page = watched(context.newPage());
    all.signIn(page);
  }

  private Page watched(Page page) {
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        troubles.add(message.text());
      }
    });
    page.onPageError(troubles::add);
    page.onRequest(request -> {
      if (!request.url().startsWith(all.appliance.address())) {
        troubles.add("external request: " + request.url());
      }
    });
    page.onDialog(dialog -> {
      troubles.add("dialog: " + dialog.message());
      dialog.dismiss();
    });
    return page;
  }

  @AfterEach
  void nothingWentWrong() {
    context.close();
    assertThat(troubles).isEmpty();
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
    schedule.getByTestId("toggle-schedule").click();
    assertThat(schedule.locator("[data-outcome=done]")).hasCount(1);
    schedule.getByTestId("delete-schedule").click();
    page.getByTestId("confirm").click();
    assertThat(schedule).hasCount(0);
  }

  @Test
  void aReplayArrivesExactlyAsOftenAsItSays() throws IOException {
    String id = record("To be replayed", "icmp");
    page.waitForCondition(() -> figure(page.locator("[data-figure=written]")) >= 20);
    page.getByTestId("stop").click();
    assertThat(page.getByTestId("download")).hasCount(1);
    List<String> recorded = Judge.frames(List.of(onlySegment(id)), "");
    Path arrived = data.resolve("arrived.pcap");
    try (Veth veth = new Veth();
        Command tcpdump = veth.capture(arrived)) {
      page.getByTestId("replay-recording").click();
      PageLab.chooseInterface(page, Veth.NEAR, veth.near());
      page.getByTestId("replay-pace").selectOption("pps");
      page.getByTestId("replay-rate").fill("200");
      page.getByTestId("start-replay").click();
      assertThat(page.locator("[data-replay] [data-state]").first()).hasText("done");
      Locator sent = page.locator("[data-testid=replay-report] [data-figure=sent]").first();
      assertThat(sent).hasText(String.format(java.util.Locale.ROOT, "%,d", recorded.size()));
      Await.until(
          "all to arrive",
          () ->
              Files.exists(arrived)
                  && Judge.frames(List.of(arrived), "").size() >= recorded.size());
      tcpdump.signal("INT");
      assertThat(tcpdump.await().status()).isZero();
      assertThat(Judge.frames(List.of(arrived), "")).isEqualTo(recorded);
    }
  }

  @Test
  void aReplayIsRewrittenHeldPlayedFasterAndTellsItsTimingErrors() throws IOException {
    String id = record("To be rewritten", "icmp");
    page.waitForCondition(() -> figure(page.locator("[data-figure=written]")) >= 20);
    page.getByTestId("stop").click();
    assertThat(page.getByTestId("download")).hasCount(1);
    Path arrived = data.resolve("rewritten.pcap");
    try (Veth veth = new Veth();
        Command tcpdump = veth.capture(arrived)) {
      go("replays");
      page.getByTestId("new-replay").click();
      page.getByTestId("replay-which").selectOption(id);
      PageLab.chooseInterface(page, Veth.NEAR, veth.near());
      page.getByTestId("replay-pace").selectOption("pps");
      page.getByTestId("replay-rate").fill("100");
      page.getByTestId("replay-loops").fill("0");
      page.getByText("Which packets").click();
      page.locator("dialog [name=limit]").fill("5");
      page.locator("dialog [name=from]").fill("yesterday");
      page.getByTestId("start-replay").click();
      assertThat(page.locator("dialog").getByTestId("problem")).containsText("From (UTC): Give");
      page.locator("dialog [name=from]").fill("2001-02-03 04:05");
      page.getByText("Rewriting").click();
      page.locator("dialog [name=vlan]").fill("add,id=7");
      page.getByText("Sending").click();
      page.getByTestId("replay-verify").check();
      page.getByTestId("start-replay").click();
      Locator state = page.locator("[data-replay] [data-state]");
      assertThat(state).hasText("playing");
      Locator sent = page.locator("[data-testid=replay-report] [data-figure=sent]");
      page.waitForCondition(() -> figure(sent) > 50);
      assertThat(page.locator("[data-testid=timing-histogram] .bar")).not().hasCount(0);
      page.getByTestId("pause-replay").click();
      assertThat(state).hasText("paused");
      long held = figure(sent);
      page.getByTestId("change-pace").click();
      page.locator("dialog").getByTestId("replay-rate").fill("2000");
      page.getByTestId("save-pace").click();
      assertThat(page.locator("dialog")).hasCount(0);
      page.getByTestId("resume-replay").click();
      page.waitForCondition(() -> figure(sent) > held + 1000);
      assertThat(page.locator("main")).containsText("2,000 pps, for ever");
      assertThat(page.locator("main")).containsText("add,id=7");
      page.getByTestId("stop-replay").click();
      assertThat(state).hasText("stopped");
      assertThat(page.getByTestId("replay-proof")).containsText("sent");
      page.getByText("As a table").click();
      long counted = 0;
      for (Locator cell : page.locator("[data-testid=timing-table] td:nth-child(2)").all()) {
        counted += figure(cell);
      }
      long all = figure(sent);
      assertThat(counted).isEqualTo(all);
      Await.until(
          "all to arrive",
          () -> Files.exists(arrived) && Judge.frames(List.of(arrived), "vlan 7").size() >= all);
      tcpdump.signal("INT");
      assertThat(tcpdump.await().status()).isZero();
      assertThat(Judge.frames(List.of(arrived), "vlan 7")).hasSize((int) all);
    }
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

  @Test
  void hostileWordsAreNothingButText() {
    String hostile = "\"><img src=x onerror=\"alert(1)\"><script>alert(2)</script>";
    String id = record(hostile, "");
    assertThat(page.getByRole(AriaRole.HEADING, PageLab.heading(hostile))).isVisible();
    for (String view :
        List.of(
            "#/",
            "#/recordings",
            "#/files",
            "#/replays",
            "#/mirrors",
            "#/tokens",
            "#/system",
            "#/audit")) {
      page.navigate(all.appliance.address() + "/" + view);
      assertThat(page.locator("main h1")).isVisible();
      assertThat(page.locator("main img, main script")).hasCount(0);
    }
    page.navigate(all.appliance.address() + "/#/recordings/" + id);
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");
    page.getByTestId("delete").click();
    page.getByTestId("confirm").click();
    assertThat(page.getByRole(AriaRole.HEADING, PageLab.heading("Recordings"))).isVisible();
    assertThat(page.locator("[data-recording='" + id + "']")).hasCount(0);
    assertThat(data.resolve("recordings").resolve(id)).doesNotExist();
  }

  private void go(String view) {
    page.navigate(all.appliance.address() + "/#/" + view);
  }

  private static HttpResponse<String> get(HttpClient client, String path, String secret) {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create(all.appliance.address() + path))
              .header("Authorization", "Bearer " + secret)
              .build(),
          BodyHandlers.ofString());
    } catch (IOException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Test
  void aTokenIsShownOnceAndLetsAProgramReadTheFigures() {
    String id = record("Counted", "icmp");
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");
    long received = figure(page.locator("[data-figure=received]"));
    go("tokens");
    assertThat(page.getByText("There are no API tokens.")).isVisible();
    page.getByTestId("new-token").click();
    page.locator("dialog [name=name]").fill("watcher");
    page.getByTestId("scope").selectOption("viewer");
    page.getByTestId("save-token").click();
    String secret = page.getByTestId("secret").inputValue();
    page.getByRole(AriaRole.BUTTON, PageLab.named("Close")).click();
    assertThat(page.locator("tr[data-token=watcher]")).containsText("never");
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(get(client, "/metrics", secret).body())
          .contains(
              "tapdeck_recording_received_frames_total{name=\"Counted\",recording=\"%s\"} %s\n"
                  .formatted(id, (double) received),
              "tapdeck_recording_state{name=\"Counted\",recording=\"%s\",state=\"ended\"} 1.0\n"
                  .formatted(id),
              "tapdeck_copies_delivered_total{name=\"deck\",",
              "tapdeck_tap_flow_state{name=\"guest-a1\",");
      assertThat(get(client, "/api/v1/audit", secret).statusCode()).isEqualTo(403);
      page.getByTestId("delete-token").click();
      page.getByTestId("confirm").click();
      assertThat(page.locator("tr[data-token=watcher]")).hasCount(0);
      assertThat(get(client, "/metrics", secret).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void anAnalystDownloadsAndPlaysWhereThatIsAllowedAndTheAuditSaysSo() throws IOException {
    String id = record("For the analyst", "icmp");
    page.waitForCondition(() -> figure(page.locator("[data-figure=written]")) >= 5);
    page.getByTestId("stop").click();
    assertThat(page.getByTestId("download")).hasCount(1);
    try (Veth veth = new Veth();
        BrowserContext other = all.browser.newContext()) {
      go("users");
      page.getByTestId("new-user").click();
      page.locator("dialog [name=user]").fill("ina");
      page.getByTestId("role").selectOption("analyst");
      page.locator("dialog [type=password]").fill(PageLab.PASSWORD);
      page.getByTestId("save-user").click();
      assertThat(page.locator("tr[data-user=ina]")).containsText("analyst");
      assertThat(page.getByTestId("targets")).containsText("analysts cannot replay");
      page.getByTestId("new-target").click();
      PageLab.chooseInterface(page, Veth.NEAR, veth.near());
      page.getByTestId("save-target").click();
      assertThat(page.getByTestId("targets")).containsText(veth.near());

      other.setDefaultTimeout(PageLab.PATIENCE);
      Page hers = watched(other.newPage());
      all.signIn(hers, "ina");
      hers.navigate(all.appliance.address() + "/#/recordings/" + id);
      Download download = hers.waitForDownload(() -> hers.getByTestId("download").click());
      assertThat(Files.mismatch(download.path(), onlySegment(id))).isEqualTo(-1);
      assertThat(hers.getByTestId("protect")).hasAttribute("aria-disabled", "true");
      hers.getByTestId("replay-recording").click();
      PageLab.chooseInterface(hers, Veth.NEAR, veth.near());
      assertThat(hers.locator("[data-testid=interface] option:not([disabled])")).hasCount(2);
      hers.getByTestId("replay-pace").selectOption("topspeed");
      hers.getByTestId("start-replay").click();
      assertThat(hers.locator("[data-replay] [data-state]").first()).hasText("done");

      page.getByTestId("remove-target").click();
      assertThat(page.getByTestId("targets")).containsText("analysts cannot replay");
      go("audit");
      Locator hersOnRecord =
          page.locator("tr[data-entry]", new Page.LocatorOptions().setHasText("ina"));
      String file = "GET /api/v1/recordings/" + id + "/segments/1/file";
      assertThat(hersOnRecord.filter(having(file)).filter(having("begun"))).hasCount(1);
      assertThat(hersOnRecord.filter(having(file)).filter(having("done 200"))).hasCount(1);
      assertThat(hersOnRecord.filter(having("PUT /api/v1/replays/")).filter(having("done 201")))
          .hasCount(1);
      Download table = page.waitForDownload(() -> page.getByTestId("export-audit").click());
      assertThat(Files.readString(table.path())).contains(",ina,,127.0.0.1,GET,", ",done,200");
    }
  }

  private static Locator.FilterOptions having(String text) {
    return new Locator.FilterOptions().setHasText(text);
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

  @Test
  void theDoctorTellsWhatItFindsAndLeavesTheDiskAlone() {
    String id = record("While the doctor looks", "");
    go("system");
    assertThat(page.getByTestId("about")).containsText(data.toString());
    assertThat(page.getByTestId("settings")).containsText("none: plain HTTP");
    Locator summary = page.getByTestId("doctor-summary");
    assertThat(summary)
        .containsText(java.util.regex.Pattern.compile("\\d+ bad, \\d+ warn, \\d+ good"));
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

  @Test
  void aFilterIsCheckedAsItIsTyped() {
    page.getByTestId("new-recording").first().click();
    page.locator("[name=filter]").fill("udp prt 53");
    assertThat(page.getByTestId("filter-verdict")).containsText("syntax error");
    page.locator("[name=filter]").fill("udp port 53");
    assertThat(page.getByTestId("filter-verdict")).containsText("this filter is valid");
  }

  @Test
  void thePageIsSmallAndUsableAtOnce() {
    List<Response> loaded = new ArrayList<>();
    // A browser of its own: what a page left behind was loading has no body to ask for any more.
    try (BrowserContext stranger = all.browser.newContext()) {
      stranger.setDefaultTimeout(PageLab.PATIENCE);
      Page first = watched(stranger.newPage());
      first.onResponse(response -> {
        if (response.status() == 200 && !response.url().contains("/api/")) {
          loaded.add(response);
        }
      });
      first.navigate(all.appliance.address());
      assertThat(first.getByTestId("sign-in-form")).isVisible();
      first.waitForLoadState(LoadState.NETWORKIDLE);
      // Not in the handler: it would also ask for what comes while the page is closed.
      long size = List.copyOf(loaded).stream().mapToLong(response -> response.body().length).sum();
      assertThat(size).isBetween(1L, 300_000L);
    }
  }

  private String record(String name, String filter) {
    return all.record(page, name, filter);
  }

  private static Path onlySegment(String id) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("recordings").resolve(id))) {
      List<Path> segments = files.filter(file -> file.toString().endsWith(".pcap")).toList();
      assertThat(segments).hasSize(1);
      return segments.getFirst();
    }
  }

  private static long figure(Locator locator) {
    return Long.parseLong(locator.textContent().replace(",", ""));
  }
}
