package io.tapdeck.capture.doctor;

import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.unit.DataSize;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is to be looked at.
 *
 * @param interfaceName empty to look briefly at all that are up
 * @param namespace the network namespace to look into; empty for that of who asks
 * @param directory where a recording would go; empty if no directory is to be looked at
 * @param buffer the ring that a recording would ask for, 1 MiB to 2 GiB less a byte
 * @param writeBuffer what a recording would let wait for the disk at most
 * @param measured whether the directory is written for two seconds, to see how fast that is
 */
public record DoctorRequest(
    Optional<String> interfaceName,
    Optional<NetworkNamespace> namespace,
    Optional<Path> directory,
    DataSize buffer,
    DataSize writeBuffer,
    boolean measured) {
  private static final DataSize SMALLEST_BUFFER = DataSize.ofMebibytes(1);

  /**
   * @throws IllegalArgumentException if the buffer is out of bounds
   */
  public DoctorRequest {
    if (buffer.compareTo(SMALLEST_BUFFER) < 0 || buffer.bytes() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the kernel's buffer has between 1MiB and 2GiB less a byte, not " + buffer);
    }
  }
}
