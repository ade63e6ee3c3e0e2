package io.tapdeck.capture.doctor;

import io.tapdeck.capture.unit.DataSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Judges a directory. */
final class DirectoryChecks {
  /** The room of two segments of the default size: one that is written, one that is complete. */
  private static final long ENOUGH_BYTES = 2L << 30;

  /** With less than this there is hardly a second to record. */
  private static final long TOO_FEW_BYTES = 64L << 20;

  /** More should not be advised without a look at what the machine has. */
  private static final long LARGEST_ADVICE_BYTES = 1L << 30;

  private static final int FREE_PERCENT = 5;
  private static final int PERCENT = 100;

  /** What a recorder should be able to keep up with where no interface says otherwise. */
  private static final double GIGABIT = 1e9;

  private DirectoryChecks() {}

  /**
   * Judges.
   *
   * @param bufferBytes the kernel's ring, as granted or else as asked for, and what waits for the
   *     disk at most
   * @param linkBitsPerSecond what the interface can bring, where that is known
   */
  static Section judge(DirectoryFacts facts, long bufferBytes, OptionalLong linkBitsPerSecond) {
    List<Finding> findings = new ArrayList<>();
    findings.add(directory(facts));
    if (facts.presence() == DirectoryFacts.Presence.DIRECTORY) {
      Optional<DiskSpeed> measured = facts.speed().filter(speed -> speed.bytes() > 0);
      Optional<LossFreeRate> rate =
          measured.map(
              speed -> LossFreeRate.of(speed.bytesPerSecond(), speed.slowestWrite(), bufferBytes));
      findings.add(freeSpace(facts, rate));
      facts.speed().ifPresent(speed -> findings.add(directIo(facts, speed)));
      if (measured.isPresent()) {
        findings.add(writeSpeed(measured.get()));
        findings.add(
            lossFreeRate(rate.orElseThrow(), measured.get(), bufferBytes, linkBitsPerSecond));
      } else if (facts.tried()) {
        findings.add(notMeasured(facts));
      }
    }
    return new Section("directory " + facts.directory(), findings);
  }

  private static Finding directory(DirectoryFacts facts) {
    String path = facts.directory().toString();
    return switch (facts.presence()) {
      case MISSING ->
          Finding.bad("directory", "it is not there", ShellWords.of("mkdir", "-p", path));
      case NO_DIRECTORY ->
          Finding.bad("directory", "it is none, but a file", "name a directory: -o DIR");
      case DIRECTORY -> {
        Finding finding;
        if (facts.readOnly()) {
          finding =
              Finding.bad(
                  "directory",
                  "its file system (%s) is read-only".formatted(facts.fileSystem()),
                  ShellWords.of("mount", "-o", "remount,rw", "--target", path));
        } else if (!facts.failure().isEmpty()) {
          finding =
              Finding.bad(
                  "directory",
                  "nothing can be written: " + facts.failure(),
                  "see who may write: %s; else: dmesg".formatted(ShellWords.of("ls", "-ld", path)));
        } else if (facts.isInMemory()) {
          finding =
              Finding.warn(
                  "directory",
                  facts.fileSystem() + ", in memory: gone when the machine restarts",
                  "name a directory on a disk: -o DIR");
        } else {
          finding = Finding.good("directory", facts.fileSystem());
        }
        yield finding.with("fileSystem", facts.fileSystem());
      }
    };
  }

  private static Finding freeSpace(DirectoryFacts facts, Optional<LossFreeRate> rate) {
    if (facts.totalBytes() == 0) {
      return Finding.warn(
          "free space", "the file system does not say", "name a directory on a disk: -o DIR");
    }
    long percent = PERCENT * (facts.freeBytes() >> 10) / Math.max(1, facts.totalBytes() >> 10);
    String space =
        "%s of %s (%d %%)"
            .formatted(new DataSize(facts.freeBytes()), new DataSize(facts.totalBytes()), percent);
    String path = facts.directory().toString();
    Finding finding;
    if (facts.freeBytes() < TOO_FEW_BYTES) {
      finding =
          Finding.bad(
              "free space",
              space,
              "see what takes it: " + ShellWords.of("du", "-xh", "--max-depth=1", path));
    } else if (facts.freeBytes() < ENOUGH_BYTES || percent < FREE_PERCENT) {
      finding =
          Finding.warn(
              "free space",
              space,
              "let it remove its oldest segments: tapdeck record --keep-free 10% --rotate-size "
                  + segmentFor(facts.freeBytes()));
    } else {
      finding =
          Finding.good(
              "free space",
              space
                  + rate.map(limit ->
                          ", full after %s at the loss-free rate"
                              .formatted(
                                  Quantities.longTime(facts.freeBytes() / limit.bytesPerSecond())))
                      .orElse(""));
    }
    return finding.with("freeBytes", facts.freeBytes()).with("totalBytes", facts.totalBytes());
  }

  /** An eighth of what is free, in whole MiB, and no more than the default. */
  private static DataSize segmentFor(long freeBytes) {
    long mebibytes = Math.clamp((freeBytes / 8) >> 20, 1, 1024);
    return DataSize.ofMebibytes((int) mebibytes);
  }

  private static Finding directIo(DirectoryFacts facts, DiskSpeed speed) {
    Finding finding =
        speed.direct()
            ? Finding.good("direct I/O", "taken")
            : Finding.warn(
                "direct I/O",
                "refused by %s (%s): writes go through the page cache, slower"
                    .formatted(facts.fileSystem(), speed.directRefusal()),
                "name a directory on ext4 or xfs: -o DIR");
    return finding.with("direct", speed.direct());
  }

  private static Finding writeSpeed(DiskSpeed speed) {
    return Finding.good(
            "write speed",
            "%s (%s in %s, slowest 4 MiB in %s)"
                .formatted(
                    Quantities.rate(speed.bytesPerSecond(), "B/s"),
                    new DataSize(speed.bytes()),
                    Quantities.duration(speed.time()),
                    Quantities.duration(speed.slowestWrite())))
        .with("bytesPerSecond", Math.round(speed.bytesPerSecond()))
        .with("measuredBytes", speed.bytes())
        .with("measuredMicros", speed.time().toNanos() / 1000)
        .with("slowestWriteMicros", speed.slowestWrite().toNanos() / 1000);
  }

  private static Finding notMeasured(DirectoryFacts facts) {
    if (facts.inUse()) {
      return Finding.warn(
          "write speed",
          "not measured: a recorder writes here, and could lose frames",
          "try again when it has ended, or try another directory of the same file system");
    }
    return facts.speed().isPresent()
        ? Finding.warn(
            "write speed",
            "not measured: too little space is free",
            "free some space, and try again")
        : Finding.bad("write speed", "not measured: nothing can be written", "see directory above");
  }

  private static Finding lossFreeRate(
      LossFreeRate rate, DiskSpeed speed, long bufferBytes, OptionalLong linkBitsPerSecond) {
    String found =
        "%s of 1514-byte frames (%s): %s"
            .formatted(
                Quantities.rate(rate.bitsPerSecond(), "bit/s"),
                Quantities.rate(rate.framesPerSecond(), "pps"),
                rate.boundByBuffers()
                    ? "buffers of %s are full after the slowest write, %s"
                        .formatted(
                            new DataSize(bufferBytes), Quantities.duration(speed.slowestWrite()))
                    : "80 % of the write speed");
    double wanted = linkBitsPerSecond.isPresent() ? linkBitsPerSecond.getAsLong() : GIGABIT;
    Finding finding =
        rate.bitsPerSecond() >= wanted
            ? Finding.good("loss-free rate", found)
            : Finding.warn(
                "loss-free rate",
                found
                    + (linkBitsPerSecond.isPresent()
                        ? ", less than the link's " + Quantities.rate(wanted, "bit/s")
                        : ""),
                rate.boundByBuffers() && bufferBytes < LARGEST_ADVICE_BYTES
                    ? "give it more memory: --write-buffer "
                        + new DataSize(Math.min(4 * bufferBytes, LARGEST_ADVICE_BYTES))
                    : "record to a faster disk, or less of each frame: tapdeck record -s 128");
    return finding
        .with("lossFreeBitsPerSecond", Math.round(rate.bitsPerSecond()))
        .with("lossFreeFramesPerSecond", Math.round(rate.framesPerSecond()))
        .with("boundByBuffers", rate.boundByBuffers());
  }
}
