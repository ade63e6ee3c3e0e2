package io.tapdeck.capture.recording;

import io.tapdeck.capture.os.DescriptorWait;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.capture.os.SystemMemory;
import io.tapdeck.capture.os.ThreadPriority;
import io.tapdeck.capture.os.Uninterrupted;
import io.tapdeck.capture.segment.ArchiveListener;
import io.tapdeck.capture.segment.ArchiveSettings;
import io.tapdeck.capture.segment.BlockPool;
import io.tapdeck.capture.segment.ClosedSegment;
import io.tapdeck.capture.segment.DiskWriter;
import io.tapdeck.capture.segment.Obstacle;
import io.tapdeck.capture.segment.Retention;
import io.tapdeck.capture.segment.RetentionLimits;
import io.tapdeck.capture.segment.SegmentArchiver;
import io.tapdeck.capture.segment.SegmentHasher;
import io.tapdeck.capture.segment.Sidecar;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What frames go through after the recorder. Its threads are started by the caller's, so that they
 * are none of the interface's network namespace; but for the archiver's, which does not mind.
 */
final class Pipeline implements DiskWriter.Surroundings, Recorder.Downstream {
  /** Enough for the last segments of a usual recording. */
  private static final Duration ARCHIVE_PATIENCE = Duration.ofSeconds(5);

  /** A recording begins with less memory after this time, and gets the rest later. */
  private static final Duration MEMORY_PATIENCE = Duration.ofSeconds(2);

  final SegmentPublisher publisher;
  final BlockPool blocks;
  final DiskWriter disk;
  final DescriptorWait wait;
  private final Thread writing;
  private final Thread allocating;
  private final @Nullable SegmentHasher hasher;
  private final @Nullable Thread hashing;
  private final SegmentListener listener;
  private volatile boolean finishing;
  private volatile @Nullable SegmentArchiver archiver;

  Pipeline(RecordingSettings settings, SegmentListener listener) throws OsException {
    wait = new DescriptorWait(settings.interfaceNames().size());
    this.listener = listener;
    publisher = new SegmentPublisher(this.offering(listener));
    blocks = BlockPool.ofBytes(settings.writeBuffer().bytes());
    if (settings.archive().isAny()) {
      SegmentHasher made = new SegmentHasher(blocks, this);
      hasher = made;
      hashing = Thread.ofPlatform().name("segment-hasher").daemon().start(() -> hash(made));
    } else {
      hasher = null;
      hashing = null;
    }
    disk = new DiskWriter(settings.directory(), blocks, settings.directIo(), hasher, this);
    writing = Thread.ofPlatform().name("disk-writer").daemon().start(this::write);
    allocating = Thread.ofPlatform().name("write-buffer").daemon().start(this::allocate);
  }

  /** Also offers what is complete to be hashed and compressed. */
  private SegmentListener offering(SegmentListener told) {
    return new SegmentListener() {
      @Override
      public void published(Sidecar segment) {
        told.published(segment);
        SegmentArchiver further = archiver;
        if (further != null) {
          further.offer(segment);
        }
      }

      @Override
      public void removed(String file) {
        told.removed(file);
      }

      @Override
      public void warned(String problem) {
        told.warned(problem);
      }
    };
  }

  /** From now on complete segments are hashed and compressed, also those of before. */
  void archiveIn(Path directory, ArchiveSettings settings) {
    archiver =
        SegmentArchiver.start(
            directory,
            settings,
            blocks::isPressed,
            new ArchiveListener() {
              @Override
              public void notArchived(String problem) {
                listener.warned(problem);
              }
            });
  }

  /** From now on keeps so much of a directory's complete segments, also those of before. */
  void keep(Path directory, RetentionLimits limits) {
    if (limits.isAny()) {
      publisher.keep(new Retention(directory, limits));
    } else {
      publisher.keepAll();
    }
  }

  /** Waits a little for what is left to be hashed; the next recorder goes on with the rest. */
  void finishArchive() {
    SegmentArchiver further = archiver;
    if (further == null) {
      return;
    }
    try (further) {
      boolean _ = further.awaitIdle(ARCHIVE_PATIENCE);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void allocate() {
    blocks.makeAhead(() -> !finishing && SystemMemory.isAmple());
  }

  /** Waits until there is memory to begin with. */
  void awaitMemory() throws InterruptedException {
    boolean _ = allocating.join(MEMORY_PATIENCE);
  }

  private void write() {
    try {
      while (disk.doWork()) {
        // One thing after the other.
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void hash(SegmentHasher hasher) {
    boolean _ = ThreadPriority.giveWay();
    try {
      while (hasher.doWork()) {
        // One thing after the other.
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void closed(ClosedSegment segment) {
    publisher.publish(segment);
  }

  @Override
  public boolean makeRoom() {
    return publisher.makeRoom();
  }

  @Override
  public void blockIsFree() {
    wait.wake();
  }

  @Override
  public Optional<Obstacle> obstacle() {
    return disk.obstacle().or(publisher::obstacle);
  }

  @Override
  public Optional<Throwable> failure() {
    return disk.failure()
        .or(() -> hasher == null ? Optional.empty() : hasher.failure())
        .or(publisher::failure);
  }

  /** Waits until everything is on disk that can be. */
  SegmentPublisher.Outcome finish() {
    finishing = true;
    publisher.beginToFinish();
    disk.finish();
    Uninterrupted.join(writing);
    if (hasher != null && hashing != null) {
      hasher.finish();
      Uninterrupted.join(hashing);
    }
    SegmentPublisher.Outcome outcome = publisher.finish();
    wait.close();
    Uninterrupted.join(allocating);
    blocks.relinquish();
    return outcome;
  }
}
