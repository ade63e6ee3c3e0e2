package io.tapdeck.capture.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.segment.BlockPool;
import io.tapdeck.capture.segment.SegmentFormat;
import io.tapdeck.capture.unit.DataSize;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RehearsalTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(SegmentFormat.class)
  void everyFrameGoesThroughAndNothingStays(SegmentFormat format) throws Exception {
    RecordingSettings settings =
        RecordingSettings.builder("eth0", directory)
            .format(format)
            // Would end a segment, and a recording, after a few frames.
            .rotateSize(new DataSize(400_000))
            .rotatePackets(3)
            .build();
    BlockPool blocks = BlockPool.ofBytes(BlockPool.SMALLEST);

    long frames = Rehearsal.rehearse(settings, blocks);

    assertThat(frames % Rehearsal.FRAMES).isZero();
    assertThat(frames / Rehearsal.FRAMES).isBetween(1L, (long) Rehearsal.MOST_ROUNDS);
    assertThat(directory).isEmptyDirectory();
    assertThat(blocks.inUse()).isZero();
  }
}
