package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The appliance as processes that are killed: what is recorded goes on, and nothing is lost. */
@Tag("lab")
@Timeout(180)
class SurvivalIT {
  private static final Path TAPDECK = Path.of("..", "scripts", "tapdeck").toAbsolutePath();
  private static final int FRAMES = NumberedCapture.FRAMES;

  @TempDir private Path directory;
  private Path data;
  private Veth veth;
  private final ApiClient api = new ApiClient();

  @BeforeEach
  void make() {
    ServedAppliance.letPass(directory);
    data = directory.resolve("data");
    veth = new Veth();
  }

  @AfterEach
  void remove() {
    for (String pid : recorders()) {
      Command.run("kill", pid);
    }
    Await.until("the recorders to end", () -> recorders().isEmpty());
    Command.run(TAPDECK.toString(), "northbound", "stop", "--data", data.toString());
    veth.close();
  }

  @Test
  void aKilledApplianceLosesNothingAtFiftyThousandPacketsASecondAndWhoWatchesGoesOn()
      throws Exception {
    UUID id = UUID.randomUUID();
    String recording = "/api/v1/recordings/" + id;
    int loops = 600;
    Command killed = serve();
    String address = api.address();
    signUp(killed);
    start(recording);
    try (Chromium chromium = new Chromium();
        BrowserContext context = chromium.browser.newContext();
        HeardEvents before = api.listen("");
        Command sender =
            tapdeck(
                "replay",
                "--interface=" + veth.farInterface(),
                "--netns=" + veth.far(),
                "--pps=50000",
                "--loop=" + loops,
                NumberedCapture.write(directory).toString())) {
      Page page = watch(context, address, id);
      Await.until("packets to come", () -> received(recording) > 20_000);
      Await.until("them to be told", () -> told(before) > 20_000);
      killed.signal("KILL");
      assertThat(killed.await().status()).isEqualTo(137);
      Await.until("its events to end", before::isOver);
      assertThat(page.getByTestId("disconnected")).isVisible();
      try (Command next = serve(address.replaceFirst(".*//", ""))) {
        assertThat(page.getByTestId("disconnected")).isHidden();
        Await.until("it to be found again", () -> state(recording).equals("recording"));
        whoListensGoesOn(before);
        page.waitForCondition(() -> shown(page) > told(before));
        assertThat(sender.await().status()).isZero();
        long all = (long) loops * FRAMES;
        page.waitForCondition(() -> shown(page) == all);
        Await.until("all to be counted", () -> received(recording) >= all);
        JsonNode ended = api.send("POST", recording + "/stop", "{}");
        assertThat(ended.path("state").asText()).isEqualTo("ended");
        assertThat(ended.path("interruptions").asLong()).isZero();
        JsonNode figures = ended.path("figures");
        assertThat(figures.path("received").asLong()).isEqualTo(all);
        assertThat(figures.path("written").asLong()).isEqualTo(all);
        assertThat(figures.path("droppedKernel").asLong()).isZero();
        assertThat(ended.path("segments").path("packets").asLong()).isEqualTo(all);
        assertThat(page.locator("[data-state]").first()).hasText("ended");
        checkFiles();
        end(next);
      }
    }
    theCatalogIsMadeAnew(recording);
    checkFiles();
  }

  /** Files, sidecars and catalog agree. */
  private void checkFiles() {
    Command.run(TAPDECK.toString(), "files", "check", data.toString());
  }

  /** The page of a recording, in a browser of its own. */
  private static Page watch(BrowserContext context, String address, UUID recording) {
    context.setDefaultTimeout(PageLab.PATIENCE);
    Page page = context.newPage();
    page.navigate(address);
    page.getByLabel("User").fill("ada");
    page.getByLabel("Password").fill("correct horse");
    page.getByTestId("sign-in-submit").click();
    assertThat(page.getByTestId("sign-out")).isVisible();
    page.navigate(address + "/#/recordings/" + recording);
    page.waitForCondition(() -> shown(page) > 0);
    return page;
  }

  private static long shown(Page page) {
    Locator received = page.locator("[data-figure=received]");
    return received.count() == 0
        ? 0
        : Long.parseLong(received.first().textContent().replaceAll("\\D", ""));
  }

  /** How many packets were received when that was told last. */
  private static long told(HeardEvents events) {
    List<HeardEvents.Heard> all = events.of("recordings");
    return all.isEmpty()
        ? 0
        : all.getLast().data().path(0).path("figures").path("received").asLong();
  }

  /**
   * Another server tells all to who has heard a killed one; to who comes back to it, only what has
   * changed since.
   */
  private void whoListensGoesOn(HeardEvents before) {
    String last;
    try (HeardEvents anew = api.listen(before.lastId())) {
      Await.until("all to be told", () -> !anew.of("mirrors").isEmpty());
      assertThat(anew.of("replays")).hasSize(1);
      assertThat(told(anew)).isGreaterThanOrEqualTo(told(before));
      last = anew.lastId();
    }
    try (HeardEvents back = api.listen(last)) {
      Await.until("news to be told", () -> back.of("recordings").size() > 1);
      assertThat(back.all().getFirst().name()).isEqualTo("alive");
      assertThat(back.of("replays")).isEmpty();
    }
  }

  /** Its file deleted, the list of segments is the same. */
  private void theCatalogIsMadeAnew(String recording) throws Exception {
    JsonNode before;
    try (Command serve = serve()) {
      before = api.get(recording + "/segments");
      end(serve);
    }
    assertThat(before).isNotEmpty();
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(data.resolve("catalog.db" + suffix));
    }
    try (Command serve = serve()) {
      assertThat(api.get(recording + "/segments")).isEqualTo(before);
      end(serve);
    }
  }

  @Test
  void whenAllIsKilledTheRecordingIsResumed() throws Exception {
    String recording = "/api/v1/recordings/" + UUID.randomUUID();
    Command killed = serve();
    signUp(killed);
    start(recording);
    play(1);
    Await.until("all to be written", () -> written(recording) == FRAMES);
    killed.signal("KILL");
    recorders().forEach(pid -> Command.run("kill", "-KILL", pid));
    Command.run("pkill", "-KILL", "-F", data.resolve("northbound.pid").toString());
    assertThat(killed.await().status()).isEqualTo(137);
    Await.until("the recorder to be gone", () -> recorders().isEmpty());
    try (Command next = serve()) {
      Await.until("it to be resumed", () -> state(recording).equals("recording"));
      play(1);
      Await.until("all to be written", () -> written(recording) == 2 * FRAMES);
      JsonNode ended = api.send("POST", recording + "/stop", "{}");
      assertThat(ended.path("interruptions").asLong()).isEqualTo(1);
      assertThat(ended.path("segments").path("packets").asLong()).isEqualTo(2L * FRAMES);
      end(next);
    }
  }

  private Command tapdeck(String... words) {
    List<String> all = new java.util.ArrayList<>(List.of(TAPDECK.toString()));
    all.addAll(List.of(words));
    return Command.start(Map.of(), all);
  }

  private Command serve() {
    return serve("127.0.0.1:0");
  }

  private Command serve(String listen) {
    Command command = tapdeck("serve", "--listen", listen, "--data", data.toString());
    Pattern pattern = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
    command.awaitOutput(text -> pattern.matcher(text).find());
    Matcher found = pattern.matcher(command.out());
    assertThat(found.find()).isTrue();
    api.connect(found.group());
    return command;
  }

  private static void end(Command serve) {
    serve.signal("TERM");
    assertThat(serve.await().status()).isZero();
  }

  private void signUp(Command serve) {
    serve.awaitOutput(text -> text.contains("into the page: "));
    String code = serve.out().replaceAll("(?s).*into the page: (\\S+).*", "$1");
    api.signUp(code);
  }

  private void start(String recording) {
    JsonNode made =
        api.send(
            "PUT",
            recording,
            "{\"name\":\"all\",\"interface\":\"%s\",\"netns\":\"%s\",\"rotateSize\":8000000,\"snaplen\":2000}"
                .formatted(Veth.NEAR, veth.near()));
    assertThat(made.path("state").asText()).as(made.toString()).isEqualTo("recording");
  }

  private void play(int loops) throws IOException {
    try (Command sender =
        tapdeck(
            "replay",
            "--interface=" + veth.farInterface(),
            "--netns=" + veth.far(),
            "--pps=5000",
            "--loop=" + loops,
            NumberedCapture.write(directory).toString())) {
      assertThat(sender.await().status()).isZero();
    }
  }

  private List<String> recorders() {
    Command.Result found =
        Command.start(Map.of(), List.of("pgrep", "-f", "--", "control=" + data + "/recordings"))
            .await();
    return found.lines();
  }

  private String state(String recording) {
    return api.get(recording).path("state").asText();
  }

  private long received(String recording) {
    return api.get(recording).path("figures").path("received").asLong();
  }

  private long written(String recording) {
    return api.get(recording).path("figures").path("written").asLong();
  }
}
