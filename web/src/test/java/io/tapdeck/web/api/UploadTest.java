package io.tapdeck.web.api;

import static io.tapdeck.web.api.ApiCalls.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.ZstdOutputStream;
import io.tapdeck.capture.catalog.CatalogCheck;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.segment.SegmentForm;
import io.tapdeck.capture.segment.SegmentVerifier;
import io.tapdeck.web.account.Session;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.job.RecordingImports;
import io.tapdeck.web.job.Recordings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captures that are uploaded: what becomes of them, and of those that are refused. */
class UploadTest {
  private static final int FRAME = 60;
  private static final int RECORD = PcapFormat.RECORD_HEADER_LENGTH + FRAME;
  private static final int PACKETS = 1000;

  /** So much of a capture ends where a record does. */
  private static final int HALF = PcapFormat.FILE_HEADER_LENGTH + PACKETS / 2 * RECORD;

  private static final long MOST_BYTES = 1 << 20;
  private static final long MOST_CONTENT = 4 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final UUID id = UUID.randomUUID();

  @TempDir private Path data;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Appliance appliance;

  @SuppressWarnings("NullAway.Init") // made before each test
  private ApiCalls api;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  UploadTest() {}

  @BeforeEach
  void start() throws Exception {
    appliance = new Appliance(data, new RecordingImports.Limits(MOST_BYTES, MOST_CONTENT, 0));
    api = new ApiCalls(appliance);
  }

  @AfterEach
  void stop() throws IOException {
    appliance.close();
  }

  /** A capture of another machine: of the other byte order, and with microseconds. */
  private static byte[] capture(int packets) {
    ByteBuffer file =
        ByteBuffer.allocate(PcapFormat.FILE_HEADER_LENGTH + packets * RECORD)
            .order(
                ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                    ? ByteOrder.LITTLE_ENDIAN
                    : ByteOrder.BIG_ENDIAN);
    PcapFormat.putFileHeader(file, 0, 65_535, LinkType.ETHERNET);
    file.putInt(PcapFormat.MAGIC_OFFSET, PcapFormat.MAGIC_MICROSECONDS);
    for (int i = 0; i < packets; i++) {
      int at = PcapFormat.FILE_HEADER_LENGTH + i * RECORD;
      file.putInt(at + PcapFormat.SECONDS_OFFSET, 1_700_000_000 + i / 1000);
      file.putInt(at + PcapFormat.FRACTION_OFFSET, i % 1000 * 1000);
      file.putInt(at + PcapFormat.CAPTURE_LENGTH_OFFSET, FRAME);
      file.putInt(at + PcapFormat.ORIGINAL_LENGTH_OFFSET, FRAME + 4);
      file.putInt(at + PcapFormat.RECORD_HEADER_LENGTH + 14, i);
    }
    return file.array();
  }

  private interface Compressor {
    OutputStream over(OutputStream out) throws IOException;
  }

  private static byte[] compressed(byte[] content, Compressor compressor) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream compressing = compressor.over(out)) {
      compressing.write(content);
    }
    return out.toByteArray();
  }

  /** A compressor that is a program of that name. */
  private static Compressor by(String program) {
    return out ->
        new ByteArrayOutputStream() {
          @Override
          public void close() throws IOException {
            Process process = new ProcessBuilder(program, "-c").start();
            try (OutputStream in = process.getOutputStream()) {
              writeTo(in);
            }
            process.getInputStream().transferTo(out);
          }
        };
  }

  /** The first member of a gzip file of two. */
  private static byte[] firstMember(byte[] capture) throws IOException {
    return compressed(Arrays.copyOf(capture, HALF), GZIPOutputStream::new);
  }

  private static byte[] bothMembers(byte[] capture) throws IOException {
    return joined(
        firstMember(capture),
        compressed(Arrays.copyOfRange(capture, HALF, capture.length), GZIPOutputStream::new));
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private String head(Role role, String query, String... headers) throws Exception {
    Session session = appliance.session(role);
    return String.join(
        "\r\n",
        Stream.concat(
                Stream.of(
                    "PUT /api/v1/recordings/" + id + "/upload" + query + " HTTP/1.1",
                    "Host: " + appliance.http.authority(),
                    "Cookie: tapdeck_session=" + session.token(),
                    "X-CSRF-Token: " + session.caller().csrf(),
                    "Connection: close"),
                Stream.concat(Stream.of(headers), Stream.of("", "")))
            .toList());
  }

  private Answer upload(Role role, String query, byte[] body) throws Exception {
    return appliance.http.exchange(
        head(role, query, "Content-Length: " + body.length)
            + new String(body, StandardCharsets.ISO_8859_1));
  }

  private Answer upload(byte[] body) throws Exception {
    return upload(Role.OPERATOR, "?name=night", body);
  }

  private Path recordings() {
    return data.resolve("recordings");
  }

  private void assertNothingIsLeft() throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (Stream<Path> all = Files.walk(recordings())) {
        List<Path> left = all.filter(path -> !path.equals(recordings())).toList();
        if (left.isEmpty()) {
          break;
        }
        assertThat(System.nanoTime() < end).as("still there: %s", left).isTrue();
      } catch (java.io.UncheckedIOException goes) {
        // It is just being deleted.
      }
      Thread.sleep(10);
    }
    assertThat(json(api.as(Role.VIEWER, "GET /recordings", ""))).isEmpty();
  }

  /** The last that is on record of the upload; waits for it. */
  private JsonNode recorded() throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      for (JsonNode entry : json(api.as(Role.ADMIN, "GET /audit", ""))) {
        if (entry.path("path").asText().equals("/api/v1/recordings/" + id + "/upload")) {
          return entry;
        }
      }
      Thread.sleep(10);
    }
    throw new AssertionError("it is not on record");
  }

  private static void assertRefused(Answer answer, int status, String... words) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(answer.body()).contains(words);
  }

  @Test
  void becomesARecordingLikeAnyOther() throws Exception {
    byte[] capture = capture(PACKETS);
    Answer answer = upload(Role.OPERATOR, "?name=..%2F..%2Fetc%2Fnight%20shift", capture);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(answer.header("location")).isEqualTo("/api/v1/recordings/" + id);
    JsonNode made = json(answer);
    assertThat(made.path("name").asText()).isEqualTo("../../etc/night shift");
    assertThat(made.path("state").asText()).isEqualTo("ended");
    assertThat(made.path("imported").asBoolean()).isTrue();
    assertThat(made.path("interface").asText()).isEmpty();
    assertThat(made.path("createdBy").asText()).isEqualTo("operator");
    assertThat(made.path("segments").path("packets").asInt()).isEqualTo(PACKETS);
    assertThat(made.path("figures").path("received").asInt()).isEqualTo(PACKETS);
    assertThat(made.path("figures").path("written").asInt()).isEqualTo(PACKETS);

    List<SegmentForm> segments = SegmentForm.in(recordings().resolve(id.toString()));
    assertThat(segments).hasSize(1);
    Path file = segments.getFirst().file().orElseThrow();
    assertThat(Files.readAllBytes(file)).isEqualTo(capture);
    assertThat(new SegmentVerifier(count -> {}).verify(segments.getFirst()).orElseThrow().state())
        .isEqualTo(SegmentVerifier.State.OK);
    assertThat(packetsByCapinfos(file)).isEqualTo(PACKETS);
    CatalogCheck.Report check = CatalogCheck.check(data, Recordings::keeps);
    assertThat(check.segments()).isEqualTo(1);
    assertThat(check.disagreements()).isEmpty();
    try (Stream<Path> all = Files.list(recordings())) {
      assertThat(all).containsExactly(recordings().resolve(id.toString()));
    }

    JsonNode entry = recorded();
    assertThat(entry.path("outcome").asText()).isEqualTo("done");
    assertThat(entry.path("bytes").asInt()).isEqualTo(capture.length);
    assertThat(entry.path("user").asText()).isEqualTo("operator");
  }

  private static long packetsByCapinfos(Path file) throws Exception {
    Process capinfos =
        new ProcessBuilder("capinfos", "-T", "-r", "-M", "-c", file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String line = new String(capinfos.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(capinfos.waitFor()).as(line).isZero();
    return Long.parseLong(line.strip().split("\t", -1)[1]);
  }

  @Test
  void canBeListedTakenAwayProtectedAndDeletedButNotGoneOnWith() throws Exception {
    assertThat(upload(capture(PACKETS)).status()).isEqualTo(201);
    String path = "/recordings/" + id;
    JsonNode listed = json(api.as(Role.VIEWER, "GET " + path + "/segments", ""));
    assertThat(listed).hasSize(1);
    assertThat(listed.path(0).path("packets").asInt()).isEqualTo(PACKETS);
    assertThat(json(api.as(Role.VIEWER, "GET /segments", "")).path("segments")).hasSize(1);
    assertThat(json(api.as(Role.VIEWER, "GET /timeline", "")).path("lanes")).hasSize(1);
    // Half a second of it, with nanoseconds and in our byte order.
    Answer span =
        api.as(
            Role.ANALYST,
            "GET " + path + "/span?from=2023-11-14T22:13:20.000Z&to=2023-11-14T22:13:20.500Z",
            "");
    assertThat(span.status()).as(span.body()).isEqualTo(200);
    assertThat(span.body()).hasSizeGreaterThan(500 * RECORD);
    assertThat(api.as(Role.OPERATOR, "POST " + path + "/resume", "{}").status()).isEqualTo(409);
    assertThat(api.as(Role.OPERATOR, "PATCH " + path, "{\"keepFiles\":1}").status()).isEqualTo(409);
    assertThat(api.as(Role.OPERATOR, "POST " + path + "/stop", "{}").status()).isEqualTo(200);
    assertThat(
            api.as(Role.OPERATOR, "PUT " + path + "/segments/1/protection", "{\"protected\":true}")
                .status())
        .isBetween(200, 204);
    assertThat(api.as(Role.OPERATOR, "DELETE " + path, "{}").status()).isEqualTo(409);
    assertThat(
            api.as(Role.OPERATOR, "PUT " + path + "/segments/1/protection", "{\"protected\":false}")
                .status())
        .isBetween(200, 204);
    assertThat(api.as(Role.OPERATOR, "DELETE " + path, "{}").status()).isEqualTo(204);
    assertNothingIsLeft();
  }

  @Test
  void isStillThereAfterARestart() throws Exception {
    assertThat(upload(capture(PACKETS)).status()).isEqualTo(201);
    JsonNode before = json(api.as(Role.VIEWER, "GET /recordings/" + id, ""));
    stop();
    start();
    JsonNode after = json(api.as(Role.VIEWER, "GET /recordings/" + id, ""));
    assertThat(after.path("state").asText()).isEqualTo("ended");
    assertThat(after.path("reason").asText()).isEmpty();
    assertThat(after.path("segments")).isEqualTo(before.path("segments"));
    assertThat(after.path("endedAt")).isEqualTo(before.path("endedAt"));
  }

  @Test
  void isStoredAsItWasBeforeItWasCompressed() throws Exception {
    byte[] capture = capture(PACKETS);
    for (Compressor compressor :
        List.<Compressor>of(GZIPOutputStream::new, ZstdOutputStream::new, by("xz"), by("lz4"))) {
      byte[] small = compressed(capture, compressor);
      assertThat(small.length).isLessThan(capture.length / 2);
      assertThat(upload(small).status()).isEqualTo(201);
      assertThat(recorded().path("bytes").asInt()).isEqualTo(small.length);
      Path file =
          SegmentForm.in(recordings().resolve(id.toString())).getFirst().file().orElseThrow();
      assertThat(Files.readAllBytes(file)).isEqualTo(capture);
      assertThat(api.as(Role.OPERATOR, "DELETE /recordings/" + id, "{}").status()).isEqualTo(204);
    }
  }

  @Test
  void whatIsNoWholeCaptureIsRefusedAtTheByteWhereItShows() throws Exception {
    byte[] capture = capture(PACKETS);
    int last = capture.length - RECORD;
    assertRefused(
        upload(Arrays.copyOf(capture, capture.length - 1)), 422, "damaged at byte " + last);
    assertNothingIsLeft();
    JsonNode entry = recorded();
    assertThat(entry.path("outcome").asText()).isEqualTo("refused");
    assertThat(entry.path("bytes").asInt()).isEqualTo(capture.length - 1);

    byte[] hostile = capture.clone();
    // The 501st record has more bytes than any can have.
    int at = PcapFormat.FILE_HEADER_LENGTH + 500 * RECORD;
    hostile[at + PcapFormat.CAPTURE_LENGTH_OFFSET] = 0x7f;
    assertRefused(upload(hostile), 422, "damaged at byte " + at);
    assertRefused(upload(compressed(hostile, GZIPOutputStream::new)), 422, "at byte " + at);
    assertRefused(upload(new byte[0]), 422, "empty");
    assertRefused(upload("<html>".getBytes(StandardCharsets.UTF_8)), 422, "byte 0");
    byte[] zipped = compressed(capture, GZIPOutputStream::new);
    assertRefused(upload(Arrays.copyOf(zipped, zipped.length / 2)), 422, "cut short");
    assertRefused(upload(compressed(zipped, ZstdOutputStream::new)), 422, "looks like gzip");
    assertNothingIsLeft();
  }

  @Test
  void aGzipFileIsWholeOnlyWithAllOfItsMembers() throws Exception {
    byte[] capture = capture(PACKETS);
    int first = firstMember(capture).length;
    byte[] both = bothMembers(capture);
    Answer whole = upload(joined(both, new byte[512]));
    assertThat(json(whole).path("segments").path("packets").asInt()).isEqualTo(PACKETS);
    assertThat(api.as(Role.OPERATOR, "DELETE /recordings/" + id, "{}").status()).isEqualTo(204);

    for (int place = 0; place < 3; place++) {
      byte[] broken = both.clone();
      broken[first + place] ^= 0x40;
      assertRefused(upload(broken), 422, "is damaged");
    }
    for (int length = 1; length < 10; length++) {
      assertRefused(upload(Arrays.copyOf(both, first + length)), 422, "cut short");
    }
    byte[] rubbish = "and more that is none".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
    assertRefused(upload(joined(both, rubbish)), 422, "comes what is none");
    assertNothingIsLeft();
  }

  @Test
  void ofOneThatBreaksOffBetweenTwoMembersNothingIsLeftAndNobodyWasRefused() throws Exception {
    byte[] first = firstMember(capture(PACKETS));
    try (Socket socket = appliance.http.connect()) {
      String head = head(Role.OPERATOR, "", "Content-Length: " + (first.length + 1000));
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(first);
      Path part = recordings().resolve(id + ".part").resolve("import.part");
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!Files.exists(part) || Files.size(part) == 0) {
        assertThat(System.nanoTime() < end).as("it is being stored").isTrue();
        Thread.sleep(5);
      }
    }
    JsonNode entry = recorded();
    assertThat(entry.path("outcome").asText()).isEqualTo("broken off");
    assertThat(entry.path("bytes").asInt()).isEqualTo(first.length);
    assertNothingIsLeft();
  }

  @Test
  void whoMayNotIsRefusedBeforeAByteIsTaken() throws Exception {
    String expects = "Expect: 100-continue";
    String length = "Content-Length: " + MOST_BYTES;
    for (Role role : List.of(Role.VIEWER, Role.ANALYST)) {
      Answer answer = appliance.http.exchange(head(role, "", expects, length));
      assertRefused(answer, 403, "operator");
    }
    String weak = appliance.apiToken(Role.ADMIN, Role.ANALYST);
    String start =
        "PUT /api/v1/recordings/%s/upload HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
            .formatted(id, appliance.http.authority());
    String rest = expects + "\r\n" + length + "\r\n\r\n";
    assertRefused(appliance.http.exchange(start + rest), 401, "sign in");
    assertRefused(
        appliance.http.exchange(start + "Authorization: Bearer " + weak + "\r\n" + rest),
        403,
        "operator");
    String session = "Cookie: tapdeck_session=" + appliance.session(Role.OPERATOR).token() + "\r\n";
    assertRefused(appliance.http.exchange(start + session + rest), 403, "X-CSRF-Token");
    // Without the body being waited for, the same.
    assertRefused(upload(Role.VIEWER, "", capture(PACKETS)), 403, "operator");
    assertRefused(
        appliance.http.exchange(
            head(Role.OPERATOR, "", "Content-Type: multipart/form-data", length)),
        415,
        "curl -T");
    assertRefused(upload(Role.OPERATOR, "?name=" + "n".repeat(101), capture(1)), 400, "name");
    assertRefused(upload(Role.OPERATOR, "?name=a%0Ab", capture(1)), 400, "name");
    assertNothingIsLeft();
  }

  @Test
  void whoWaitsIsToldToGoOnOnlyIfItIsTaken() throws Exception {
    byte[] capture = capture(PACKETS);
    try (Socket socket = appliance.http.connect()) {
      String head =
          head(Role.OPERATOR, "", "Expect: 100-continue", "Content-Length: " + capture.length);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      byte[] interim = socket.getInputStream().readNBytes("HTTP/1.1 100 Continue".length());
      assertThat(new String(interim, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100 Continue");
      socket.getOutputStream().write(capture);
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("HTTP/1.1 201 Created");
    }
    Answer again =
        appliance.http.exchange(
            head(Role.OPERATOR, "", "Expect: 100-continue", "Content-Length: 9"));
    assertRefused(again, 409, "choose a new id");
  }

  @Test
  void whatIsTooLongIsRefusedWhetherItSaysSoOrNot() throws Exception {
    long length = MOST_BYTES + 1;
    assertRefused(
        appliance.http.exchange(
            head(Role.OPERATOR, "", "Expect: 100-continue", "Content-Length: " + length)),
        413,
        "limit of " + MOST_BYTES);
    byte[] capture = capture((int) (MOST_BYTES / RECORD) + 1);
    String chunked =
        head(Role.OPERATOR, "", "Transfer-Encoding: chunked")
            + Integer.toHexString(capture.length)
            + "\r\n"
            + new String(capture, StandardCharsets.ISO_8859_1)
            + "\r\n0\r\n\r\n";
    assertRefused(appliance.http.exchange(chunked), 413, "limit of " + MOST_BYTES);
    assertNothingIsLeft();
  }

  @Test
  void anArchiveThatHoldsTooMuchIsRefusedOnceItHasThatMuch() throws Exception {
    byte[] content = capture((int) (MOST_CONTENT / RECORD) * 20);
    for (Compressor compressor :
        List.<Compressor>of(GZIPOutputStream::new, ZstdOutputStream::new)) {
      byte[] bomb = compressed(zeros(content), compressor);
      assertThat((long) bomb.length).isLessThan(MOST_BYTES);
      assertRefused(upload(bomb), 413, "more than the limit of " + MOST_CONTENT);
      assertNothingIsLeft();
    }
  }

  @Test
  void whatSaysThatItIsLongerThanTheDiskHasRoomForIsRefusedBeforeAByteIsTaken() throws Exception {
    stop();
    long most = 1L << 60;
    appliance = new Appliance(data, new RecordingImports.Limits(most, most, 0));
    api = new ApiCalls(appliance);
    long length = Files.getFileStore(data).getUsableSpace() + (1L << 40);
    Answer answer =
        appliance.http.exchange(
            head(Role.OPERATOR, "", "Expect: 100-continue", "Content-Length: " + length));
    assertRefused(answer, 507, "the disk would be too full");
    assertNothingIsLeft();
  }

  @Test
  void whatTheDiskHasNoRoomForIsRefusedBeforeAByteIsTaken() throws Exception {
    stop();
    appliance = new Appliance(data, new RecordingImports.Limits(MOST_BYTES, MOST_CONTENT, 100));
    api = new ApiCalls(appliance);
    Answer answer =
        appliance.http.exchange(
            head(Role.OPERATOR, "", "Expect: 100-continue", "Content-Length: 1000"));
    assertRefused(answer, 507, "the disk would be too full");
    assertNothingIsLeft();
    assertThat(recorded().path("outcome").asText()).isEqualTo("failed");
    assertThat(recorded().path("bytes").asInt()).isZero();
  }

  @Test
  void whatARecordingKeepsFreeStaysFree() throws Exception {
    stop();
    UUID recording = new RecordedFiles(data).recording("night");
    Path document = recordings().resolve(recording.toString()).resolve("recording.json");
    String ended = Files.readString(document);
    Files.writeString(
        document,
        ended
            .replace("\"wanted\": false", "\"wanted\": true")
            .replaceFirst("\"endedAt\": \"[^\"]*\", ", "")
            .replace("\"snaplen\"", "\"keepFree\": 99, \"snaplen\""));
    appliance = new Appliance(data, new RecordingImports.Limits(Long.MAX_VALUE, MOST_CONTENT, 0));
    api = new ApiCalls(appliance);
    assertThat(json(api.as(Role.VIEWER, "GET /recordings/" + recording, "")).path("keepFree"))
        .hasToString("99");
    FileStore disk = Files.getFileStore(data);
    long room = disk.getUsableSpace() - disk.getTotalSpace() / 100 * 99;
    long length = Math.max(1000, room + (64 << 20));
    Answer answer =
        appliance.http.exchange(
            head(Role.OPERATOR, "", "Expect: 100-continue", "Content-Length: " + length));
    assertRefused(answer, 507, "99 % of it stay so");
    assertThat(recordings().resolve(id + ".part")).doesNotExist();
  }

  /** Records of nothing, which compress best. */
  private static byte[] zeros(byte[] capture) {
    Arrays.fill(capture, PcapFormat.FILE_HEADER_LENGTH, capture.length, (byte) 0);
    return capture;
  }

  @Test
  void ofOneThatBreaksOffNothingIsLeft() throws Exception {
    byte[] capture = capture(PACKETS);
    try (Socket socket = appliance.http.connect()) {
      String head = head(Role.OPERATOR, "", "Content-Length: " + capture.length);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(capture, 0, capture.length / 2);
      Path part = recordings().resolve(id + ".part").resolve("import.part");
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!Files.exists(part) || Files.size(part) == 0) {
        assertThat(System.nanoTime() < end).as("it is being stored").isTrue();
        Thread.sleep(5);
      }
      assertRefused(upload(capture), 409, "is being uploaded");
    }
    assertNothingIsLeft();
  }

  @Test
  void whoLosesWhatTheyMayWhileTheySendIsRefusedInTheEnd() throws Exception {
    byte[] capture = capture(PACKETS);
    try (Socket socket = appliance.http.connect()) {
      String head = head(Role.OPERATOR, "", "Content-Length: " + capture.length);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(capture, 0, capture.length / 2);
      Path part = recordings().resolve(id + ".part").resolve("import.part");
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!Files.exists(part)) {
        assertThat(System.nanoTime() < end).as("it is being stored").isTrue();
        Thread.sleep(5);
      }
      assertThat(api.as(Role.ADMIN, "PUT /users/operator", "{\"role\":\"viewer\"}").status())
          .isBetween(200, 204);
      socket
          .getOutputStream()
          .write(capture, capture.length / 2, capture.length - capture.length / 2);
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("HTTP/1.1 403 Forbidden", "taken from you");
    }
    assertNothingIsLeft();
  }

  @Test
  void whatAKilledServerLeftIsGoneAtTheNextStart() throws Exception {
    stop();
    Path left = Files.createDirectories(recordings().resolve(id + ".part"));
    Files.write(left.resolve("import.part"), capture(3));
    Path others = Files.createDirectories(recordings().resolve("mine.part"));
    start();
    assertThat(left).doesNotExist();
    assertThat(others).exists();
  }
}
