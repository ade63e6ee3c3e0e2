package io.tapdeck.web.api;

import io.tapdeck.capture.catalog.Catalog;
import io.tapdeck.capture.catalog.CatalogEntry;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.job.RecordingView;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Several segments of a recording in one archive, each as it is stored and not compressed again. It
 * goes out as they are read; what cannot be sent to its end breaks the connection, so that nobody
 * takes a part for the whole.
 *
 * @param segments at least one
 */
record ArchiveDownload(
    Catalog catalog, RecordingView recording, List<CatalogEntry> segments, Format format) {
  private static final int PIECE = 64 * 1024;

  /** Of the recording's id, beside its name, which another may have too. */
  private static final int SHORT_ID = 8;

  ArchiveDownload {
    segments = List.copyOf(segments);
  }

  /** What the archive is. */
  enum Format {
    /** Of any size (zip64). */
    ZIP("zip", "application/zip"),
    /** POSIX.1-2001. */
    TAR("tar", "application/x-tar");

    private final String extension;
    private final String media;

    Format(String extension, String media) {
      this.extension = extension;
      this.media = media;
    }

    /**
     * The one of that name.
     *
     * @throws Problem 400 if there is none
     */
    static Format of(String word) {
      for (Format format : values()) {
        if (format.extension.equals(word)) {
          return format;
        }
      }
      throw Problem.badRequest("format is zip or tar");
    }
  }

  /** Says of a file what the archive's format wants to know before its bytes. */
  private interface EntryMaker<E extends ArchiveEntry> {
    E entry(String name, long size, long changedMillis);
  }

  void answer(Call call) throws IOException {
    String folder =
        PlainName.of(recording.request().name())
            + "-"
            + recording.id().toString().substring(0, SHORT_ID);
    call.header(
        "Content-Disposition", "attachment; filename=\"" + folder + "." + format.extension + "\"");
    OutputStream out = call.stream(format.media);
    if (call.headOnly()) {
      return;
    }
    // Neither is closed but by its end: closing would make an archive of a part.
    switch (format) {
      case ZIP -> {
        ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out);
        zip.setUseZip64(Zip64Mode.Always);
        zip.setLevel(Deflater.NO_COMPRESSION);
        send(
            zip,
            folder,
            (name, _, changed) -> {
              ZipArchiveEntry entry = new ZipArchiveEntry(name);
              entry.setTime(changed);
              return entry;
            });
      }
      case TAR -> {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        send(
            tar,
            folder,
            (name, size, changed) -> {
              TarArchiveEntry entry = new TarArchiveEntry(name);
              entry.setSize(size);
              entry.setModTime(changed);
              return entry;
            });
      }
    }
    out.flush();
  }

  private <E extends ArchiveEntry> void send(
      ArchiveOutputStream<E> archive, String folder, EntryMaker<E> maker) throws IOException {
    for (CatalogEntry segment : segments) {
      Path file = path(segment);
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        long size = channel.size();
        long changed = Files.getLastModifiedTime(file).toMillis();
        archive.putArchiveEntry(maker.entry(folder + "/" + file.getFileName(), size, changed));
        copy(channel, size, archive);
        archive.closeArchiveEntry();
      }
    }
    archive.finish();
  }

  /** Once more if it was not there: it may have been compressed meanwhile. */
  private Path path(CatalogEntry segment) throws IOException {
    try {
      return catalog.path(recording.id(), segment);
    } catch (NoSuchFileException perhapsCompressedNow) {
      return catalog.path(recording.id(), segment);
    }
  }

  private static void copy(FileChannel channel, long size, OutputStream out) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    long at = 0;
    while (at < size) {
      piece.clear().limit((int) Math.min(PIECE, size - at));
      int count = channel.read(piece, at);
      if (count < 0) {
        throw new EOFException("a file has become shorter");
      }
      out.write(piece.array(), 0, count);
      at += count;
    }
  }
}
