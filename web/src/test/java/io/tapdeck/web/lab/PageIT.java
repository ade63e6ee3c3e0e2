package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private static final String USER = "ada";
  private static final String PASSWORD = "correct horse";
  private static final double PATIENCE = 20_000;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private static Path data;

  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @SuppressWarnings("NullAway.Init")
  private static ServedAppliance appliance;

  @SuppressWarnings("NullAway.Init")
  private static Playwright playwright;

  @SuppressWarnings("NullAway.Init")
  private static Browser browser;

  @SuppressWarnings("NullAway.Init")
  private static String nic;

  private final List<String> troubles = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private BrowserContext context;

  @SuppressWarnings("NullAway.Init")
  private Page page;

  @BeforeAll
  static void serve() {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
    lab = Lab.up();
    lab.lab("traffic", "start", "--seconds", "600");
    nic = lab.activeService("deck", "host", "host-b").get("nic").asText();
    lab.activeFlow("guest-a1", "deck", "a1");
    appliance = ServedAppliance.start(lab, data);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(Path.of("/usr/bin/chromium"))
                    .setArgs(List.of("--no-sandbox", "--disable-gpu")));
    setUp();
  }

  /** The first user, made with the code that the appliance printed. */
  private static void setUp() {
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

  @AfterAll
  static void end() {
    browser.close();
    playwright.close();
    appliance.close();
    lab.close();
  }

  @BeforeEach
  void open() {
    context = browser.newContext(new Browser.NewContextOptions().setAcceptDownloads(true));
    context.setDefaultTimeout(PATIENCE);
    page = context.newPage();
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        troubles.add(message.text());
      }
    });
    page.onPageError(troubles::add);
    page.onRequest(request -> {
      if (!request.url().startsWith(appliance.address())) {
        troubles.add("external request: " + request.url());
      }
    });
    page.onDialog(dialog -> {
      troubles.add("dialog: " + dialog.message());
      dialog.dismiss();
    });
    page.navigate(appliance.address());
    page.getByLabel("User").fill(USER);
    page.getByLabel("Password").fill(PASSWORD);
    page.getByRole(AriaRole.BUTTON, named("Sign in")).click();
    assertThat(page.getByRole(AriaRole.HEADING, heading("Overview"))).isVisible();
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
    assertThat(page.locator(".chart canvas")).isVisible();
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
      page.getByTestId("interface")
          .selectOption("[\"%s\",\"%s\"]".formatted(Veth.NEAR, veth.near()));
      page.getByTestId("replay-pace").selectOption("pps");
      page.getByTestId("replay-rate").fill("200");
      page.getByTestId("start-replay").click();
      assertThat(page.locator("[data-replay] [data-state]").first()).hasText("done");
      Locator sent = page.locator("[data-replay] [data-figure=sent]").first();
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
  void aMirrorIsDisabledAndEnabled() {
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Mirrors").setExact(true))
        .click();
    Locator flow = page.locator("tr[data-flow=guest-a1]").getByTestId("toggle-flow");
    Locator state = page.locator("tr[data-flow=guest-a1] [data-state]");
    assertThat(state).hasText("active");
    flow.click();
    assertThat(state).hasText("disabled");
    assertThat(lab.flowState("guest-a1")).isEqualTo("disabled");
    assertThat(flow).hasText("Enable");
    flow.click();
    assertThat(state).hasText("active");
    assertThat(lab.flowState("guest-a1")).isEqualTo("active");
  }

  @Test
  void aGuestIsRecordedInTwoClicksAndItsMirrorGoesWithTheRecording() {
    page.locator("[data-testid=record-guest][data-guest=a3]").click();
    page.getByTestId("start-recording").click();
    assertThat(page.locator("[data-figure=received]")).not().hasText("0");
    assertThat(lab.tapdeck("tap-flow-list").out()).contains("rec-a3-");
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");
    Await.until(
        "the mirror to be gone",
        () ->
            !lab.tapdeck("tap-flow-list").out().contains("rec-a3-")
                && !lab.tapdeck("tap-service-list").out().contains("rec-a3-"));
    assertThat(lab.flowState("guest-a1")).isEqualTo("active");
  }

  @Test
  void hostileWordsAreNothingButText() {
    String hostile = "\"><img src=x onerror=\"alert(1)\"><script>alert(2)</script>";
    String id = record(hostile, "");
    assertThat(page.getByRole(AriaRole.HEADING, heading(hostile))).isVisible();
    for (String view : List.of("#/", "#/recordings", "#/replays", "#/mirrors")) {
      page.navigate(appliance.address() + "/" + view);
      assertThat(page.locator("main h1")).isVisible();
      assertThat(page.locator("main img, main script")).hasCount(0);
    }
    page.navigate(appliance.address() + "/#/recordings/" + id);
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");
    page.getByTestId("delete").click();
    page.getByTestId("confirm").click();
    assertThat(page.getByRole(AriaRole.HEADING, heading("Recordings"))).isVisible();
    assertThat(page.locator("[data-recording='" + id + "']")).hasCount(0);
    assertThat(data.resolve("recordings").resolve(id)).doesNotExist();
  }

  @Test
  void aFilterIsCheckedAsItIsTyped() {
    page.getByTestId("new-recording").first().click();
    page.locator("[name=filter]").fill("udp prt 53");
    assertThat(page.getByTestId("filter-verdict")).containsText("syntax error");
    page.locator("[name=filter]").fill("udp port 53");
    assertThat(page.getByTestId("filter-verdict")).hasText("This filter is valid.");
  }

  @Test
  void thePageIsSmallAndUsableAtOnce() {
    List<Long> sizes = new ArrayList<>();
    page.onResponse(response -> {
      if (response.status() == 200 && !response.url().contains("/api/")) {
        sizes.add((long) response.body().length);
      }
    });
    context.clearCookies();
    page.evaluate("localStorage.clear()");
    page.navigate(appliance.address() + "/?again");
    assertThat(page.getByTestId("sign-in-form")).isVisible();
    assertThat(sizes.stream().mapToLong(Long::longValue).sum()).isBetween(1L, 300_000L);
  }

  /** Starts a recording of the mirrored traffic by hand, and gives its id once packets come. */
  private String record(String name, String filter) {
    page.getByTestId("new-recording").first().click();
    page.locator("dialog [name=name]").fill(name);
    page.getByTestId("interface")
        .selectOption("[\"%s\",\"%s\"]".formatted(nic, Lab.namespace("host-b")));
    page.locator("[name=filter]").fill(filter);
    page.getByTestId("start-recording").click();
    page.waitForURL(Pattern.compile(".*#/recordings/[0-9a-f-]{36}$"));
    assertThat(page.locator("[data-figure=received]")).not().hasText("0");
    return page.url().substring(page.url().lastIndexOf('/') + 1);
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

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  private static Page.GetByRoleOptions heading(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true).setLevel(1);
  }
}
