package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.archive.Compression;
import io.tapdeck.capture.segment.ArchiveListener;
import io.tapdeck.capture.segment.ArchiveSettings;
import io.tapdeck.capture.segment.SegmentArchiver;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.job.JobLab;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a caller gets who downloads a segment: the file, a part that says it is one, or a break. */
@Tag("lab")
class SegmentDownloadTest {
  private static final int FRAMES = 1000;

  @TempDir private Path data;

  private JobLab lab;
  private Appliance appliance;
  private UUID recording;
  private Path file;
  private byte[] content;

  @BeforeEach
  void recordSomething() throws Exception {
    lab = new JobLab(data);
    recording = lab.record(lab.request());
    lab.send(FRAMES);
    lab.awaitWritten(recording, FRAMES);
    lab.recordings().stop(recording, JobLab.PATIENCE);
    lab.letGo();
    try (var files = Files.list(lab.directory(recording))) {
      file = files.filter(each -> each.toString().endsWith(".pcap")).findFirst().orElseThrow();
    }
    content = Files.readAllBytes(file);
    appliance = new Appliance(data);
  }

  @AfterEach
  void close() throws IOException {
    appliance.close();
    lab.close();
  }

  private String path() {
    return "/api/v1/recordings/" + recording + "/segments/1/file";
  }

  private Answer send(String method, String... headers) throws Exception {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Cookie: tapdeck_session=" + appliance.session(Role.OPERATOR).token());
    return appliance.http.send(method + " " + path() + " HTTP/1.1", all.toArray(String[]::new));
  }

  private static byte[] bytes(Answer answer) {
    return answer.body().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  @Test
  void theWholeFileComesUnderTheNameItHas() throws Exception {
    Answer answer = send("GET");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(sha256(bytes(answer))).isEqualTo(sha256(content));
    assertThat(answer.header("content-length")).isEqualTo("" + content.length);
    assertThat(answer.header("content-disposition"))
        .isEqualTo("attachment; filename=\"" + file.getFileName() + "\"");
    assertThat(answer.header("accept-ranges")).isEqualTo("bytes");
    assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
  }

  @Test
  void theHeadAloneSaysWhatTheFileWouldSay() throws Exception {
    Answer head = send("HEAD");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.header("content-length")).isEqualTo("" + content.length);
    assertThat(head.header("etag")).isEqualTo(send("GET").header("etag")).isNotEmpty();
  }

  @Test
  void aRangeIsThatPartOfTheFileAndSaysSo() throws Exception {
    int size = content.length;
    expectPart("bytes=0-23", 0, 24);
    expectPart("bytes=100-", 100, size);
    expectPart("bytes=-50", size - 50, size);
    expectPart("bytes=10-999999999999", 10, size);
    expectPart("bytes=-999999999999", 0, size);
    expectPart("bytes=" + (size - 1) + "-", size - 1, size);
  }

  @Test
  void aLargeFileIsTheSameByteForByte() throws Exception {
    content = new byte[(40 << 20) + 1234];
    new Random(7).nextBytes(content);
    Files.write(file, content);
    Answer answer = send("GET");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(sha256(bytes(answer))).isEqualTo(sha256(content));
    // Around where the parts meet in which it is sent.
    expectPart("bytes=4097-" + ((20 << 20) + 4096), 4097, (20 << 20) + 4097);
    expectPart("bytes=16777000-", 16_777_000, content.length);
  }

  private void expectPart(String range, int from, int to) throws Exception {
    Answer part = send("GET", "Range: " + range);
    assertThat(part.status()).as(range).isEqualTo(206);
    assertThat(part.header("content-range"))
        .isEqualTo("bytes %d-%d/%d".formatted(from, to - 1, content.length));
    assertThat(part.header("content-length")).isEqualTo("" + (to - from));
    assertThat(bytes(part)).as(range).isEqualTo(Arrays.copyOfRange(content, from, to));
  }

  @Test
  void aRangeBeyondTheFileIsRefusedAndWhatIsNoneMeansTheWhole() throws Exception {
    for (String beyond : List.of("bytes=" + content.length + "-", "bytes=-0")) {
      Answer refused = send("GET", "Range: " + beyond);
      assertThat(refused.status()).as(beyond).isEqualTo(416);
      assertThat(refused.header("content-range")).isEqualTo("bytes */" + content.length);
    }
    for (String none :
        List.of(
            "bytes=9-3", "bytes=-", "bytes=0-1,5-6", "lines=0-1", "bytes=99999999999999999999-")) {
      assertThat(send("GET", "Range: " + none).status()).as(none).isEqualTo(200);
    }
  }

  @Test
  void aDownloadGoesOnOnlyIfTheFileIsTheOneItBeganWith() throws Exception {
    String tag = send("HEAD").header("etag");
    assertThat(send("GET", "Range: bytes=5-9", "If-Range: " + tag).status()).isEqualTo(206);
    Answer whole = send("GET", "Range: bytes=5-9", "If-Range: \"other\"");
    assertThat(whole.status()).isEqualTo(200);
    assertThat(bytes(whole)).isEqualTo(content);
    Answer known = send("GET", "If-None-Match: \"other\", " + tag);
    assertThat(known.status()).isEqualTo(304);
    assertThat(known.body()).isEmpty();
    assertThat(known.header("etag")).isEqualTo(tag);
    assertThat(send("GET", "If-None-Match: \"other\"").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"ZSTD, application/zstd", "GZIP, application/gzip"})
  void aCompressedSegmentComesAsItIsStored(Compression compression, String type) throws Exception {
    Path directory = lab.directory(recording);
    ArchiveSettings settings = new ArchiveSettings(true, compression, ArchiveSettings.USUAL_RATE);
    try (SegmentArchiver archiver =
        SegmentArchiver.start(directory, settings, () -> false, ArchiveListener.NONE)) {
      assertThat(archiver.awaitIdle(JobLab.PATIENCE)).isTrue();
    }
    Path stored = directory.resolve(file.getFileName() + compression.suffix());
    assertThat(file).doesNotExist();
    content = Files.readAllBytes(stored);
    Answer answer = send("GET");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(bytes(answer)).isEqualTo(content);
    assertThat(answer.header("content-type")).isEqualTo(type);
    assertThat(answer.header("content-disposition"))
        .isEqualTo("attachment; filename=\"" + stored.getFileName() + "\"");
    expectPart("bytes=3-9", 3, 10);
    expectPart("bytes=-50", content.length - 50, content.length);
  }

  @Test
  void aLinkToAnotherFileIsNoSegment() throws Exception {
    Path secret = Files.writeString(data.resolve("secret"), "secret");
    Files.delete(file);
    Files.createSymbolicLink(file, secret);
    Answer refused = send("GET");
    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.body()).doesNotContain("secret");
  }

  @Test
  void aDirectoryThatIsALinkIsNoRecordingsDirectory() throws Exception {
    Path own = lab.directory(recording);
    Path elsewhere = data.resolve("elsewhere");
    Files.move(own, elsewhere);
    Files.createSymbolicLink(own, elsewhere);
    assertThat(send("GET").status()).isEqualTo(404);
    Files.delete(own);
    Files.move(elsewhere, own);
    assertThat(send("GET").status()).isEqualTo(200);
  }

  @Test
  void aFileThatBecomesShorterMeanwhileBreaksTheConnectionAndIsNeverAShortWhole() throws Exception {
    long size = 400L << 20;
    try (RandomAccessFile grown = new RandomAccessFile(file.toFile(), "rw")) {
      grown.setLength(size);
    }
    try (Socket socket = appliance.http.connect()) {
      String request =
          "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: tapdeck_session=%s\r\n\r\n"
              .formatted(
                  path(),
                  appliance.http.server().getAuthority(),
                  appliance.session(Role.OPERATOR).token());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream input = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) input.read());
      }
      assertThat(head.toString()).contains("200 OK").contains("Content-Length: " + size);
      try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
        cut.setLength(content.length);
      }
      long received = 0;
      byte[] piece = new byte[1 << 16];
      for (int count = input.read(piece); count > 0; count = input.read(piece)) {
        received += count;
      }
      assertThat(received).isLessThan(size);
    }
  }
}
