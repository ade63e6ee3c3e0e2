package io.tapdeck.replay.input;

import static io.tapdeck.replay.input.NumberedFrames.SECOND;
import static io.tapdeck.replay.input.NumberedFrames.START;
import static io.tapdeck.replay.input.NumberedFrames.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.replay.input.NumberedFrames.Given;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergedFilesTest {
  @TempDir private Path directory;

  @Test
  void framesOfFilesThatOverlapComeInTheOrderOfTheirTimes() throws IOException {
    Random random = new Random(11);
    for (int round = 0; round < 30; round++) {
      int count = 1 + random.nextInt(20);
      List<Given> expected = new ArrayList<>();
      Path[] files = new Path[count];
      for (int file = 0; file < count; file++) {
        long[] times = new long[random.nextInt(50)];
        long begin = START + random.nextInt(30) * SECOND;
        Arrays.setAll(times, i -> begin + random.nextInt(20) * SECOND);
        Arrays.sort(times);
        files[file] = NumberedFrames.write(directory.resolve("f" + file), file * 100, times, 60);
        for (int i = 0; i < times.length; i++) {
          expected.add(new Given(file * 100 + i, times[i], false));
        }
      }
      // Of the same time, in the order in which the files were named.
      expected.sort(Comparator.comparingLong(Given::time).thenComparingInt(Given::number));
      try (CaptureInput input =
              CaptureInput.check(settings(FrameOrder.TIME, Selection.ALL, files));
          FrameSource source = input.open()) {
        List<Given> given = NumberedFrames.read(source);
        assertThat(given.stream().map(Given::number).toList())
            .isEqualTo(expected.stream().map(Given::number).toList());
        assertThat(given.stream().filter(Given::beginsFile).count())
            .isEqualTo(given.isEmpty() ? 0 : 1);
        assertThat(source.position()).isEqualTo(source.totalBytes());
      }
    }
  }

  @Test
  void framesOutOfOrderWithinAFileStaySo() throws IOException {
    Path one =
        NumberedFrames.write(
            directory.resolve("a"), 0, new long[] {START, START + 5, START + 2, START + 9}, 60);
    Path two =
        NumberedFrames.write(directory.resolve("b"), 10, new long[] {START + 3, START + 6}, 60);
    assertThat(NumberedFrames.numbers(settings(FrameOrder.TIME, Selection.ALL, one, two)))
        .containsExactly(0, 10, 1, 2, 11, 3);
  }

  @Test
  void aThousandFilesThatDoNotOverlapAreOpenOneAtATime() throws IOException {
    Path[] files = new Path[1_000];
    for (int file = 0; file < files.length; file++) {
      int number = files.length - 1 - file;
      files[file] = NumberedFrames.write(directory.resolve("f" + file), number, 1);
    }
    assertThat(NumberedFrames.numbers(settings(FrameOrder.TIME, Selection.ALL, files)))
        .hasSize(1_000)
        .isSorted();
  }

  @Test
  void moreFilesThatOverlapThanCanBeOpenAreToldOf() throws IOException {
    Path[] files = new Path[MergedFiles.MOST_OPEN + 1];
    for (int file = 0; file < files.length; file++) {
      files[file] =
          NumberedFrames.write(
              directory.resolve("f" + file), file, new long[] {START, START + SECOND}, 60);
    }
    assertThatThrownBy(
            () -> NumberedFrames.numbers(settings(FrameOrder.TIME, Selection.ALL, files)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 128 files overlap")
        .hasMessageContaining("mergecap");
  }
}
