package io.tapdeck.capture.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.segment.ClosedSegment;
import io.tapdeck.capture.segment.InlineDisk;
import io.tapdeck.capture.segment.Origin;
import io.tapdeck.capture.segment.Retention;
import io.tapdeck.capture.segment.RetentionLimits;
import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.capture.segment.Sidecar;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
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

  @Test
  void whatIsTooMuchIsRemovedAtOnceAfterEachSegmentAndNowAndThen() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    SegmentPublisher publisher = new SegmentPublisher(telling(told), Duration.ofMillis(10));
    publisher.publish(segment(1, directory));
    publisher.publish(segment(2, directory));
    assertThat(next(told)).isEqualTo("published " + file(1));
    assertThat(next(told)).isEqualTo("published " + file(2));
    Path sidecar = directory.resolve(file(2) + ".json");
    String unprotected = Files.readString(sidecar);
    Files.writeString(
        sidecar, unprotected.replace("\"protected\" : false", "\"protected\" : true"));

    RetentionLimits anHour =
        new RetentionLimits(
            Optional.empty(), Optional.empty(), Optional.of(Duration.ofHours(1)), Optional.empty());
    publisher.keep(new Retention(directory, anHour));
    assertThat(next(told)).isEqualTo("removed " + file(1));

    publisher.publish(segment(3, directory));
    assertThat(next(told)).isEqualTo("published " + file(3));
    assertThat(next(told)).isEqualTo("removed " + file(3));

    Path draft = Files.writeString(directory.resolve("draft"), unprotected);
    Files.move(draft, sidecar, StandardCopyOption.ATOMIC_MOVE);
    assertThat(next(told)).isEqualTo("removed " + file(2));

    SegmentPublisher.Outcome outcome = publisher.finish();
    assertThat(outcome.segments()).isEmpty();
    assertThat(outcome.removed()).isEqualTo(new Removed(3, 0, 0, 3 * 24));
    assertThat(outcome.removedEarlier()).isEqualTo(Removed.NOTHING);
    assertThat(publisher.failure()).isEmpty();
    assertThat(told).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void whatIsKeptCanBeChangedAndNothingIsRemovedOnceAllIsKept() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    SegmentPublisher publisher = new SegmentPublisher(telling(told));
    publisher.keep(new Retention(directory, files(3)));
    for (int number = 1; number <= 3; number++) {
      publisher.publish(segment(number, directory));
      assertThat(next(told)).isEqualTo("published " + file(number));
    }
    publisher.keep(new Retention(directory, files(1)));
    assertThat(next(told)).isEqualTo("removed " + file(1));
    assertThat(next(told)).isEqualTo("removed " + file(2));
    publisher.keepAll();
    assertThat(publisher.makeRoom()).isFalse();
    publisher.publish(segment(4, directory));
    publisher.publish(segment(5, directory));
    SegmentPublisher.Outcome outcome = publisher.finish();
    assertThat(outcome.segments())
        .extracting(Sidecar::file)
        .containsExactly(file(3), file(4), file(5));
    assertThat(told).containsExactly("published " + file(4), "published " + file(5));
    assertThat(publisher.failure()).isEmpty();
  }

  private static RetentionLimits files(int most) {
    return new RetentionLimits(
        Optional.empty(), Optional.of(most), Optional.empty(), Optional.empty());
  }

  @Test
  void segmentsAreCompletedHoweverOftenRetentionIsDue() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    SegmentPublisher publisher = new SegmentPublisher(telling(told), Duration.ZERO);
    RetentionLimits many =
        new RetentionLimits(
            Optional.empty(),
            Optional.empty(),
            Optional.of(Duration.ofDays(1_000_000)),
            Optional.empty());
    publisher.keep(new Retention(directory, many));
    publisher.publish(segment(1, directory));
    assertThat(next(told)).isEqualTo("published " + file(1));
    assertThat(publisher.finish().segments()).hasSize(1);
  }

  private static SegmentListener telling(BlockingQueue<String> told) {
    return new SegmentListener() {
      @Override
      public void published(Sidecar segment) {
        told.add("published " + segment.file());
      }

      @Override
      public void removed(String file) {
        told.add("removed " + file);
      }

      @Override
      public void warned(String problem) {
        told.add(problem);
      }
    };
  }

  private static @Nullable String next(BlockingQueue<String> told) throws InterruptedException {
    return told.poll(20, TimeUnit.SECONDS);
  }

  private static String file(int number) {
    return new SegmentName(Instant.EPOCH, number).fileName();
  }

  private static ClosedSegment segment(int number, Path directory) {
    Origin origin = new Origin(UUID.randomUUID(), "eth0", null, "", "both", 96, 1 << 20, null);
    InlineDisk disk = new InlineDisk(directory);
    return disk.close(disk.open(new SegmentName(Instant.EPOCH, number), origin), null);
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
