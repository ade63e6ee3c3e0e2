package io.tapdeck.capture.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.segment.ClosedSegment;
import io.tapdeck.capture.segment.Origin;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.SegmentWriter;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// On a thread of its own: handing over waits through interrupts.
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SegmentPublisherTest {
  /** More than may wait. */
  private static final int SEGMENTS = 20;

  @TempDir private Path directory;
  private final AtomicBoolean broken = new AtomicBoolean();

  @Test
  void segmentsAreCompleteWhenItHasFinished() throws IOException {
    SegmentPublisher publisher = new SegmentPublisher(SegmentListener.NONE);
    for (int number = 1; number <= SEGMENTS; number++) {
      publisher.publish(segment(number, directory));
    }
    assertThat(publisher.finish().segments())
        .hasSize(SEGMENTS)
        .allSatisfy(sidecar -> assertThat(directory.resolve(sidecar.file())).isRegularFile());
    assertThat(publisher.failure()).isEmpty();
  }

  @Test
  void evenAnErrorIsAFailureThatStopsNeitherItNorWhoHandsOver() throws IOException {
    SegmentPublisher publisher = new SegmentPublisher(SegmentListener.NONE);
    ClosedSegment first = segment(1, breakable(directory));
    broken.set(true);
    publisher.publish(first);
    for (int number = 2; number <= SEGMENTS; number++) {
      publisher.publish(segment(number, directory));
    }
    assertThat(publisher.finish().segments()).hasSize(SEGMENTS);
    assertThat(publisher.failure())
        .hasValueSatisfying(failure ->
            assertThat(failure)
                .hasMessageContaining("a segment could not be completed")
                .hasRootCauseInstanceOf(NoClassDefFoundError.class));
  }

  private static ClosedSegment segment(int number, Path directory) throws IOException {
    Origin origin = new Origin(UUID.randomUUID(), "eth0", null, "", "both", 96, 1 << 20, null);
    return SegmentWriter.open(
            directory,
            new SegmentName(Instant.EPOCH, number),
            origin,
            LinkType.ETHERNET,
            new NativeBuffer(1 << 10))
        .close(null);
  }

  /** The path of a directory in which, once it is broken, no file can be named any more. */
  private Path breakable(Path path) {
    return (Path)
        Proxy.newProxyInstance(
            Path.class.getClassLoader(),
            new Class<?>[] {Path.class},
            (proxy, method, arguments) -> {
              if (broken.get()) {
                throw new NoClassDefFoundError("broken");
              }
              return method.invoke(path, arguments);
            });
  }
}
