package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What an uploaded file's recording is called. */
class RecordingUploadTest {
  @Test
  void aLongNameIsCutBetweenTwoCharacters() {
    assertThat(RecordingUpload.nameOf(Path.of("/tmp/night.pcap"))).isEqualTo("night.pcap");
    String hundred = "n".repeat(100);
    assertThat(RecordingUpload.nameOf(Path.of(hundred))).isEqualTo(hundred);
    assertThat(RecordingUpload.nameOf(Path.of(hundred + ".pcap"))).isEqualTo(hundred);
    String most = "n".repeat(99);
    assertThat(RecordingUpload.nameOf(Path.of(most + "\177.pcap"))).isEqualTo(most + "_");
    String pair = Character.toString(0x1F30A);
    assertThat(RecordingUpload.nameOf(Path.of("n".repeat(98) + pair + ".pcap")))
        .isEqualTo("n".repeat(98) + pair);
    assertThat(RecordingUpload.nameOf(Path.of(most + pair + ".pcap"))).isEqualTo(most);
  }
}
