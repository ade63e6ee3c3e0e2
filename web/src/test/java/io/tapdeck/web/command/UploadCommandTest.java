package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads to an appliance of little memory, by curl and by our own command; and its death. */
@Tag("packaged")
class UploadCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FRAME = 65_000;
  private static final int RECORD = PcapFormat.RECORD_HEADER_LENGTH + FRAME;
  private static final int PACKETS = 4_840; // 300 MiB
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path data;
  @TempDir private Path here;

  private ServeProcess server;
  private String url;
  private String secret;
  private Path token;

  @SuppressWarnings("NullAway.Init") // set before each test
  UploadCommandTest() {}

  @BeforeEach
  void serve() throws Exception {
    start();
    String code = server.line();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> setUp =
          client.send(
              HttpRequest.newBuilder(URI.create(url + "/api/v1/setup"))
                  .header("Content-Type", "application/json")
                  .POST(
                      BodyPublishers.ofString(
                          "{\"code\":\"%s\",\"user\":\"anna\",\"password\":\"correct horse\"}"
                              .formatted(code.substring(code.lastIndexOf(' ') + 1))))
                  .build(),
              BodyHandlers.ofString());
      assertThat(setUp.statusCode()).as(setUp.body()).isEqualTo(200);
      HttpResponse<String> made =
          client.send(
              HttpRequest.newBuilder(URI.create(url + "/api/v1/tokens/" + UUID.randomUUID()))
                  .header("Content-Type", "application/json")
                  .header(
                      "Cookie",
                      setUp
                          .headers()
                          .firstValue("set-cookie")
                          .orElseThrow()
                          .replaceFirst(";.*", ""))
                  .header("X-CSRF-Token", JSON.readTree(setUp.body()).path("csrf").asText())
                  .PUT(BodyPublishers.ofString("{\"name\":\"t\",\"scope\":\"operator\"}"))
                  .build(),
              BodyHandlers.ofString());
      secret = JSON.readTree(made.body()).path("secret").asText();
    }
    token = Files.writeString(here.resolve("token"), secret + "\n");
  }

  private void start() throws IOException {
    server =
        ServeProcess.startWith(
            List.of("-Xmx64m"),
            "--data",
            data.toString(),
            "--listen",
            "127.0.0.1:0",
            "--northbound",
            "unix:/nowhere",
            "--upload-size",
            "400MiB");
    String line = server.line();
    url = line.substring(line.indexOf("http"));
  }

  @AfterEach
  void end() {
    server.close();
  }

  /** Writes a capture of so many frames, a millisecond apart. */
  private Path capture(String name, int packets) throws IOException {
    Path file = here.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      ByteBuffer header =
          ByteBuffer.allocate(PcapFormat.FILE_HEADER_LENGTH).order(ByteOrder.nativeOrder());
      PcapFormat.putFileHeader(header, 0, 262_144, LinkType.ETHERNET);
      out.write(header.array());
      ByteBuffer record = ByteBuffer.allocate(RECORD).order(ByteOrder.nativeOrder());
      for (int i = 0; i < packets; i++) {
        PcapFormat.putRecordHeader(
            record, 0, 1_700_000_000_000_000_000L + i * 1_000_000L, FRAME, FRAME);
        record.putInt(PcapFormat.RECORD_HEADER_LENGTH + 14, i);
        out.write(record.array());
      }
    }
    return file;
  }

  private record Ran(int status, String out, String err) {}

  private static Ran tool(String... words) throws Exception {
    Path err = Files.createTempFile("tapdeck", ".err");
    Process process = new ProcessBuilder(words).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Ran ran = new Ran(process.waitFor(), out, Files.readString(err));
    Files.delete(err);
    return ran;
  }

  private static Ran tapdeck(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Tapdeck.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(words);
    return new Ran(status, out.toString(), err.toString());
  }

  private static long packets(Path file) throws Exception {
    Ran ran = tool("capinfos", "-T", "-r", "-M", "-c", file.toString());
    assertThat(ran.status()).as(ran.err()).isZero();
    return Long.parseLong(ran.out().strip().split("\t", -1)[1]);
  }

  private List<Path> under(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.sorted().toList();
    }
  }

  private Ran upload(Path file, String... more) {
    List<String> words = new ArrayList<>(List.of("recording-upload", file.toString()));
    words.addAll(List.of("--url", url, "--token-file", token.toString()));
    words.addAll(List.of(more));
    return tapdeck(words.toArray(String[]::new));
  }

  @Test
  void threeHundredMegabytesGoThroughAHeapOfSixtyFour() throws Exception {
    Path file = capture("large.pcap", PACKETS);
    assertThat(Files.size(file)).isGreaterThan(300L << 20);
    UUID id = UUID.randomUUID();
    Path header = Files.writeString(here.resolve("header"), "Authorization: Bearer " + secret);
    Ran curl =
        tool(
            "curl",
            "-sS",
            "-f",
            "-T",
            file.toString(),
            "-H",
            "@" + header,
            url + "/api/v1/recordings/" + id + "/upload?name=by%20curl");
    assertThat(curl.status()).as(curl.err()).isZero();
    assertThat(JSON.readTree(curl.out()).path("segments").path("packets").asInt())
        .isEqualTo(PACKETS);
    List<Path> files =
        under(data.resolve("recordings").resolve(id.toString())).stream()
            .filter(path -> path.toString().endsWith(".pcap"))
            .toList();
    assertThat(files).hasSize(1);
    assertThat(packets(files.getFirst())).isEqualTo(PACKETS);
    assertThat(Files.mismatch(files.getFirst(), file)).isEqualTo(-1);

    Ran zstd = tool("zstd", "-q", file.toString(), "-o", file + ".zst");
    assertThat(zstd.status()).as(zstd.err()).isZero();
    Ran sent = upload(Path.of(file + ".zst"), "--name", "by us", "--json");
    assertThat(sent.status()).as(sent.err()).isZero();
    JsonNode made = JSON.readTree(sent.out());
    assertThat(made.path("name").asText()).isEqualTo("by us");
    assertThat(made.path("segments").path("packets").asInt()).isEqualTo(PACKETS);
    Ran check = tapdeck("files", "check", data.toString());
    assertThat(check.status()).as(check.out() + check.err()).isZero();
    Ran verify =
        tapdeck("files", "verify", data.resolve("recordings").resolve(id.toString()).toString());
    assertThat(verify.status()).as(verify.out() + verify.err()).isZero();
  }

  @Test
  void whatIsRefusedIsToldInTheWordsOfTheAppliance() throws Exception {
    Path broken = Files.writeString(here.resolve("notes.txt"), "no capture at all");
    Ran ran = upload(broken);
    assertThat(ran.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(ran.err()).contains("is not a pcap file").hasLineCount(1);
    assertThat(upload(here.resolve("absent")).status()).isEqualTo(ExitStatus.REFUSED);
    Path large = here.resolve("large");
    try (var file = new java.io.RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(500L << 20);
    }
    Ran tooLarge = upload(large);
    assertThat(tooLarge.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(tooLarge.err()).contains("limit of " + (400L << 20));
    assertThat(under(data.resolve("recordings"))).isEmpty();
  }

  @Test
  void whatWasOnItsWayWhenTheServerWasKilledIsGoneAtTheNextStart() throws Exception {
    UUID id = UUID.randomUUID();
    Path part = data.resolve("recordings").resolve(id + ".part").resolve("import.part");
    URI address = URI.create(url);
    byte[] bytes = Files.readAllBytes(capture("small.pcap", 20));
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          String.join(
                  "\r\n",
                  "PUT /api/v1/recordings/" + id + "/upload HTTP/1.1",
                  "Host: " + address.getAuthority(),
                  "Authorization: Bearer " + secret,
                  "Content-Length: " + bytes.length,
                  "",
                  "")
              .getBytes(StandardCharsets.US_ASCII));
      out.write(bytes, 0, bytes.length / 2);
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!Files.exists(part) || Files.size(part) == 0) {
        assertThat(System.nanoTime() < end).as("it is being stored").isTrue();
        Thread.sleep(20);
      }
      server.signal("KILL");
      server.end();
    }
    assertThat(part).exists();
    start();
    assertThat(under(data.resolve("recordings"))).isEmpty();
    Ran check = tapdeck("files", "check", data.toString());
    assertThat(check.status()).as(check.out() + check.err()).isZero();
  }

  @Test
  void filesAreImportedWithoutAnAppliance() throws Exception {
    Path one = capture("one.pcap", 3);
    Path two = capture("two.pcap", 5);
    // Two interfaces, as Wireshark describes them.
    Path both = here.resolve("both.pcapng");
    Ran merged =
        tool("mergecap", "-F", "pcapng", "-w", both.toString(), one.toString(), two.toString());
    assertThat(merged.status()).as(merged.err()).isZero();
    assertThat(tool("xz", two.toString()).status()).isZero();
    Path into = here.resolve("segments");
    Ran done =
        tapdeck(
            "files",
            "import",
            one.toString(),
            two + ".xz",
            both.toString(),
            "-o",
            into.toString(),
            "--json");
    assertThat(done.status()).as(done.err()).isZero();
    JsonNode told = JSON.readTree(done.out());
    assertThat(told.findValuesAsText("packets")).containsExactly("3", "5", "8");
    assertThat(packets(into.resolve(told.path(1).path("segment").asText()))).isEqualTo(5);
    assertThat(tapdeck("files", "verify", into.toString()).status()).isZero();
    Ran refused =
        tapdeck("files", "import", here.resolve("token").toString(), "-o", into.toString());
    assertThat(refused.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(refused.err()).contains("is not a pcap file").hasLineCount(1);
    assertThat(under(into)).hasSize(6);
  }
}
