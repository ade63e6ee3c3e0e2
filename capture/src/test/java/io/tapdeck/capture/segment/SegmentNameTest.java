package io.tapdeck.capture.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.archive.Compression;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentNameTest {
  /** The last nanosecond that a pcap file has a number for. */
  private static final long LAST = 4_294_967_295_999_999_999L;

  @Test
  void itTellsWhenTheSegmentWasOpened() {
    SegmentName name = new SegmentName(Instant.parse("2026-11-23T13:57:19.123456789Z"), 1);
    assertThat(name.fileName()).isEqualTo("20261123T135719.123456789Z-000001.pcap");
  }

  @Property
  void whatIsWrittenReadsBack(
      @ForAll @LongRange(min = 0, max = LAST) long nanos,
      @ForAll @IntRange(min = 1, max = 999_999_999) int number,
      @ForAll SegmentFormat format,
      @ForAll Compression compression) {
    SegmentName name = new SegmentName(UtcTime.ofNanos(nanos), number, format);
    assertThat(SegmentName.parse(name.fileName())).contains(name);
    assertThat(SegmentName.ofComplete(name.fileName(compression))).contains(name);
    assertThat(SegmentName.ofSidecar(name.fileName() + ".json")).contains(name);
    for (String suffix : new String[] {"", ".part", ".zst.part", ".json.part", ".json.draft"}) {
      assertThat(SegmentName.ofAnyFile(name.fileName() + suffix)).as(suffix).contains(name);
    }
  }

  @Test
  void bothFormatsMayBeCompressed() {
    String name = "20261123T135719.123456789Z-000001";
    for (String complete :
        List.of(".pcap", ".pcapng", ".pcap.zst", ".pcapng.zst", ".pcap.gz", ".pcapng.gz")) {
      assertThat(SegmentName.ofComplete(name + complete)).as(complete).isPresent();
    }
    for (String not : List.of(".pcap.part", ".pcap.zst.part", ".pcap.json", ".pcap.zst.gz", "")) {
      assertThat(SegmentName.ofComplete(name + not)).as(not).isEmpty();
    }
    assertThat(SegmentName.ofSidecar(name + ".pcap.zst.json")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "trace.pcap",
        "19691231T235959.999999999Z-000001.pcap",
        "21060207T062816.000000000Z-000001.pcap",
        "99991231T235959.999999999Z-000001.pcap",
        "20261399T135719.123456789Z-000001.pcap",
        "20261123T135719.123456789Z-1.pcap",
        "x20261123T135719.123456789Z-000001.pcap",
        "20261123T135719.123456789Z-000001.pcapn",
        "20261123T135719.123456789Z-000001.pcapngx",
        "20261123T135719.123456789Z-000001.pcap.zst",
        "20261123T135719.123456789Z-000001.pcap\n"
      })
  void otherPeoplesFilesAreNone(String fileName) {
    assertThat(SegmentName.parse(fileName)).isEmpty();
  }
}
