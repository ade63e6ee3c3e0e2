package io.tapdeck.web.api;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.command.VethLab;
import io.tapdeck.web.http.RawHttp.Answer;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.job.JobLab;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a caller gets of the segment that is being written. */
@Tag("lab")
class UnfinishedSegmentDownloadTest {
  private static final int FRAMES = 1000;

  /** Bytes of a long frame. */
  private static final int LONG = 256 << 10;

  @TempDir private Path data;

  private JobLab lab;
  private Appliance appliance;
  private ApiCalls api;
  private UUID recording;

  @BeforeEach
  void beginARecording() throws Exception {
    lab = new JobLab(data);
    recording = lab.record(lab.request());
    lab.send(FRAMES);
    lab.awaitWritten(recording, FRAMES);
    lab.letGo();
    appliance = new Appliance(data, lab.program());
    api = new ApiCalls(appliance);
  }

  @AfterEach
  void close() throws Exception {
    appliance.close();
    lab.close();
  }

  private Answer get(Role role) throws Exception {
    return api.as(role, "GET /recordings/" + recording + "/segments/current/file", "");
  }

  /** What capinfos counts in an answer. */
  private long packets(Answer answer) throws Exception {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    Path got = data.resolve("got.pcap");
    Files.write(got, answer.body().getBytes(StandardCharsets.ISO_8859_1));
    String row = VethLab.run("capinfos", "-TMrc", got.toString());
    return Long.parseLong(row.split("\t", -1)[1].strip());
  }

  private long written() {
    try {
      return ApiCalls.json(api.as(Role.VIEWER, "GET /recordings/" + recording, ""))
          .path("figures")
          .path("written")
          .asLong();
    } catch (Exception unanswered) {
      throw new AssertionError(unanswered);
    }
  }

  @Test
  void itIsAWholeCaptureOfAllThatIsWrittenAndThereIsMoreOfItLater() throws Exception {
    Answer first = get(Role.ANALYST);
    assertThat(packets(first)).isEqualTo(FRAMES);
    assertThat(first.header("content-type")).isEqualTo("application/vnd.tcpdump.pcap");
    assertThat(first.header("content-disposition"))
        .matches("attachment; filename=\"so-far-[0-9TZ.-]+-000001\\.pcap\"");
    assertThat(first.header("content-length")).isEqualTo("" + first.body().length());
    lab.send(1);
    String begun = first.body();
    VethLab.await(() -> written() > FRAMES, "one more is on the disk");
    Answer later = get(Role.OPERATOR);
    assertThat(packets(later)).isEqualTo(FRAMES + 1);
    assertThat(later.body()).startsWith(begun);
  }

  @Test
  void onlyWholeRecordsAreGiven() throws Exception {
    Path unfinished = unfinished();
    byte[] whole = Files.readAllBytes(unfinished);
    // As when the disk has taken the one half of a record, and not yet the other.
    Files.write(unfinished, Arrays.copyOf(whole, whole.length - 20));
    assertThat(packets(get(Role.ANALYST))).isEqualTo(FRAMES - 1);
    Files.write(unfinished, whole);
  }

  private Path unfinished() throws Exception {
    try (var files = Files.list(lab.directory(recording))) {
      return files.filter(each -> each.toString().endsWith(".pcap.part")).findFirst().orElseThrow();
    }
  }

  /** More than the kernel takes in advance for who does not read. */
  private void enlarge(Path file) throws Exception {
    ByteBuffer frame = ByteBuffer.allocate(16 + LONG).order(ByteOrder.nativeOrder());
    try (FileChannel channel = FileChannel.open(file, READ, WRITE)) {
      // The time of the last frame, which is as long as those of the lab are.
      assertThat(channel.read(frame.limit(8), channel.size() - 76)).isEqualTo(8);
      frame.limit(16).putInt(LONG).putInt(LONG);
      channel.position(channel.size());
      for (int i = 0; i < 64; i++) {
        frame.limit(16 + LONG).position(0);
        while (frame.hasRemaining()) {
          channel.write(frame);
        }
      }
    }
  }

  @Test
  void onlySoManyAreDownloadedAtATime() throws Exception {
    enlarge(unfinished());
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        Socket socket = appliance.http.connect();
        idle.add(socket);
        String request =
            "GET /api/v1/recordings/%s/segments/current/file HTTP/1.1\r\nHost: %s\r\n"
                    .formatted(recording, appliance.http.authority())
                + "Authorization: Bearer %s\r\n\r\n"
                    .formatted(appliance.apiToken(Role.ANALYST, Role.ANALYST));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
            .isEqualTo("HTTP/1.1 200");
      }
      Answer third = get(Role.ANALYST);
      assertThat(third.status()).isEqualTo(503);
      assertThat(third.header("retry-after")).isEqualTo("10");
      assertThat(third.body()).contains("2 unfinished files are being downloaded already");
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
    VethLab.await(() -> status() == 200, "the others have gone");
  }

  private int status() {
    try {
      return get(Role.ANALYST).status();
    } catch (Exception unanswered) {
      throw new AssertionError(unanswered);
    }
  }

  @Test
  void aViewerGetsNoPacketsAndWhatIsCompleteIsNotBeingWritten() throws Exception {
    assertThat(get(Role.VIEWER).status()).isEqualTo(403);
    assertThat(api.as(Role.OPERATOR, "POST /recordings/" + recording + "/stop", "{}").status())
        .isIn(200, 202);
    Answer none = get(Role.ANALYST);
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.body()).contains("no segment of it is being written now");
  }
}
