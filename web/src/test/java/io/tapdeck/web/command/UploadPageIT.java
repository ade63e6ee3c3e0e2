package io.tapdeck.web.command;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.JSHandle;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.FilePayload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captures are uploaded in a browser: chosen, dropped, refused, cancelled. */
@Tag("lab")
class UploadPageIT {
  private static final int PACKETS = 4321;
  private static final Pattern RECORDING = Pattern.compile(".*#/recordings/[0-9a-f-]{36}$");

  private final List<String> errors = new ArrayList<>();

  @TempDir private Path data;
  @TempDir private Path here;

  private ServeProcess server;
  private Playwright playwright;
  private Browser browser;
  private Page page;
  private String address;

  @SuppressWarnings("NullAway.Init") // set before each test
  UploadPageIT() {}

  @BeforeEach
  void signIn() throws Exception {
    server =
        ServeProcess.start(
            "--data",
            data.toString(),
            "--listen",
            "127.0.0.1:0",
            "--northbound",
            "unix:/nowhere",
            "--upload-size",
            "100MiB");
    String line = server.line();
    address = line.substring(line.indexOf("http"));
    String code = server.line();
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
    page = browser.newPage();
    page.onPageError(errors::add);
    page.navigate(address);
    page.getByLabel("Code").fill(code.substring(code.lastIndexOf(' ') + 1));
    page.getByLabel("User").fill("ada");
    page.getByLabel("Password").fill("correct horse");
    page.getByText("Begin", new Page.GetByTextOptions().setExact(true)).click();
    assertThat(page.locator("main h1")).hasText("Overview");
  }

  @AfterEach
  void end() {
    browser.close();
    playwright.close();
    server.close();
    assertThat(errors).isEmpty();
  }

  private Path capture() throws Exception {
    Path file = here.resolve("night.pcap");
    NumberedFrames.write(file, PACKETS);
    return file;
  }

  private void open(String view) {
    page.navigate(address + "/#/" + view);
    page.getByTestId("upload").click();
    assertThat(page.getByTestId("upload-dialog")).isVisible();
  }

  private List<Path> recordings() throws Exception {
    try (Stream<Path> all = Files.list(data.resolve("recordings"))) {
      return all.toList();
    }
  }

  @Test
  void oneThatIsChosenBecomesARecordingWithItsFiguresAndFile() throws Exception {
    open("recordings");
    page.getByTestId("start-upload").click();
    assertThat(page.getByTestId("problem")).hasText("Choose a capture first.");
    page.getByTestId("upload-files").setInputFiles(capture());
    assertThat(page.locator("dialog [name=name]")).hasValue("night.pcap");
    page.locator("dialog [name=name]").fill("Night shift");
    page.getByTestId("start-upload").click();
    page.waitForURL(RECORDING);
    assertThat(page.locator("main h1")).hasText("Night shift");
    assertThat(page.locator("[data-figure=written]")).hasText("4,321");
    assertThat(page.getByText("uploaded").first()).isVisible();
    assertThat(page.getByTestId("resume")).isHidden();
    page.navigate(address + "/#/recordings");
    assertThat(page.locator("[data-recording]")).containsText("Night shift");
    page.navigate(address + "/#/files");
    assertThat(page.getByTestId("selection")).containsText("Night shift");
  }

  @Test
  void severalAreDroppedAndTheOneThatIsNoneIsRefusedByItself() throws Exception {
    page.navigate(address + "/#/files");
    assertThat(page.getByText("There are no files yet.")).isVisible();
    String bytes = java.util.Base64.getEncoder().encodeToString(Files.readAllBytes(capture()));
    JSHandle dropped =
        page.evaluateHandle(
            "(base64) => { const transfer = new DataTransfer();"
                + " const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));"
                + " transfer.items.add(new File([bytes], 'a.pcap'));"
                + " transfer.items.add(new File(['no capture'], 'b.txt')); return transfer; }",
            bytes);
    page.dispatchEvent("main", "drop", Map.of("dataTransfer", dropped));
    assertThat(page.getByTestId("uploads").locator("li")).hasCount(2);
    page.getByTestId("start-upload").click();
    assertThat(page.getByTestId("uploads")).containsText("is not a pcap file");
    assertThat(page.getByTestId("problem")).hasText("b.txt was not uploaded.");
    assertThat(page.getByTestId("uploads").locator("li").first()).containsText("4,321 packets");
    assertThat(recordings()).hasSize(1);
  }

  private JSHandle dropped(String name) {
    return page.evaluateHandle(
        "(name) => { const transfer = new DataTransfer();"
            + " transfer.items.add(new File(['none'], name)); return transfer; }",
        name);
  }

  /** Whether the page keeps what is dropped there from the browser, which would leave the page. */
  private boolean isTaken(String selector, String event, JSHandle dropped) {
    return (boolean)
        page.locator(selector)
            .evaluate(
                "(element, [type, dataTransfer]) => !element.dispatchEvent(new DragEvent(type,"
                    + " { dataTransfer, bubbles: true, cancelable: true }))",
                List.of(event, dropped));
  }

  @Test
  void aDropBesideTheZoneIsTakenTooAndNoneWhileItUploads() throws Exception {
    open("files");
    assertThat(isTaken("dialog h2", "drop", dropped("first.pcap"))).isTrue();
    assertThat(page.getByTestId("uploads")).containsText("first.pcap");
    List<Route> held = new ArrayList<>();
    page.route("**/upload?*", held::add);
    page.getByTestId("start-upload").click();
    page.waitForCondition(() -> held.size() == 1);
    assertThat(isTaken("dialog .drop", "drop", dropped("second.pcap"))).isTrue();
    assertThat(isTaken("dialog h2", "drop", dropped("second.pcap"))).isTrue();
    assertThat(page.getByTestId("uploads")).containsText("first.pcap");
    assertThat(page.getByTestId("uploads").locator("li")).hasCount(1);
    held.getFirst().resume();
    assertThat(page.getByTestId("uploads")).containsText("is not a pcap file");
    assertThat(isTaken("dialog h2", "drop", dropped("second.pcap"))).isTrue();
    assertThat(page.getByTestId("uploads")).containsText("second.pcap");
  }

  @Test
  void oneWhoseAnswerWasLostIsNotUploadedTwice() throws Exception {
    open("recordings");
    page.getByTestId("upload-files").setInputFiles(capture());
    page.evaluate(
        "() => { const send = XMLHttpRequest.prototype.send;"
            + " XMLHttpRequest.prototype.send = function (body) {"
            + " XMLHttpRequest.prototype.send = send;"
            + " this.onload = () => { window.lost = this.status; this.onerror(); };"
            + " send.call(this, body); }; }");
    page.getByTestId("start-upload").click();
    assertThat(page.getByTestId("problem")).hasText("night.pcap was not uploaded.");
    assertThat(page.evaluate("window.lost")).isEqualTo(201);
    page.getByTestId("start-upload").click();
    page.waitForURL(RECORDING);
    assertThat(page.locator("[data-figure=written]")).hasText("4,321");
    assertThat(recordings()).hasSize(1);
  }

  @Test
  void aLongNameIsCutBetweenTwoCharacters() throws Exception {
    open("recordings");
    String wave = Character.toString(0x1F30A);
    page.getByTestId("upload-files")
        .setInputFiles(
            new FilePayload(
                "n".repeat(99) + wave + ".pcap",
                "application/octet-stream",
                Files.readAllBytes(capture())));
    assertThat(page.locator("dialog [name=name]")).hasValue("n".repeat(99));
    page.getByTestId("start-upload").click();
    page.waitForURL(RECORDING);
    assertThat(page.locator("main h1")).hasText("n".repeat(99));
  }

  @Test
  void whatIsTooLargeIsNotEvenSentAndClosingCancels() throws Exception {
    open("files");
    Path large = here.resolve("large.pcap");
    try (var file = new java.io.RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(101L << 20);
    }
    page.getByTestId("upload-files").setInputFiles(large);
    page.getByTestId("start-upload").click();
    assertThat(page.getByTestId("problem")).containsText("at most 100 MiB are taken");
    page.getByTestId("upload-files")
        .setInputFiles(
            new FilePayload("notes", "text/plain", "no capture".getBytes(StandardCharsets.UTF_8)));
    page.getByTestId("start-upload").click();
    assertThat(page.getByTestId("uploads")).containsText("is not a pcap file");
    page.keyboard().press("Escape");
    assertThat(page.getByTestId("upload-dialog")).hasCount(0);
    assertThat(recordings()).isEmpty();
    page.navigate(address + "/#/system");
    assertThat(page.getByText("at most 100 MiB, and 64.0 GiB once it is decompressed")).isVisible();
  }
}
