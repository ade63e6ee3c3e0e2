package io.tapdeck.capture.catalog;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A complete segment.
 *
 * @param number which of its recording
 * @param file its name while it is not compressed, without directory
 * @param frameBytes sum of capture lengths
 * @param bytes size of the file while it is not compressed
 * @param first earliest time stamp, null if there is no frame
 * @param last latest time stamp, null if there is no frame
 * @param isProtected true if retention must not remove it
 * @param recovered why it had to be recovered, null if the recorder itself finished it
 * @param linkType a LINKTYPE_ value
 * @param storedFile the name of the file that holds it, without directory
 * @param storedBytes size of that file
 * @param sha256 of the uncompressed file, null if it is not known
 */
public record CatalogEntry(
    int number,
    String file,
    long packets,
    long frameBytes,
    long bytes,
    @Nullable Instant first,
    @Nullable Instant last,
    boolean isProtected,
    @Nullable String recovered,
    int linkType,
    String storedFile,
    long storedBytes,
    @Nullable String sha256) {}
