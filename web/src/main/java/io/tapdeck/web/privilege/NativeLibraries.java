package io.tapdeck.web.privilege;

import com.github.luben.zstd.util.ZstdVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native libraries that this program brings along, unpacked where only root can change them. By
 * itself each process unpacks them into a file of its own account, and another of that account
 * could put other code there before one with privileges loads it. They stay: recorders outlive who
 * started them.
 */
final class NativeLibraries {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);

  /** Only root writes to it, and programs may be run from it, which is often not so of /run. */
  private static final Path PLACE = Path.of("/var/cache/tapdeck");

  private static final int DIGITS = 16;

  private static final Map<String, String> JNA_NAMES =
      Map.of("amd64", "linux-x86-64", "aarch64", "linux-aarch64");

  private NativeLibraries() {}

  /**
   * One of them.
   *
   * @param option of a virtual machine that loads it from there
   */
  record Library(Path file, String option) {}

  /** Unpacks them, if they are not there; none where this machine has no place for them. */
  static List<Library> all() {
    String processor = System.getProperty("os.arch", "");
    List<Library> all = new ArrayList<>();
    try {
      Path jna =
          unpack(
              "/com/sun/jna/" + JNA_NAMES.getOrDefault(processor, processor) + "/libjnidispatch.so",
              "libjnidispatch.so");
      all.add(new Library(jna, "-Djna.boot.library.path=" + jna.getParent()));
      Path zstd =
          unpack(
              "/linux/" + processor + "/libzstd-jni-" + ZstdVersion.VERSION + ".so",
              "libzstd-jni.so");
      all.add(new Library(zstd, "-DZstdNativePath=" + zstd));
    } catch (IOException left) {
      LOG.warn("native libraries are unpacked by each process: {}", left.toString());
    }
    return all;
  }

  private static Path unpack(String resource, String name) throws IOException {
    byte[] library;
    try (InputStream in = NativeLibraries.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("this build has no " + resource);
      }
      library = in.readAllBytes();
    }
    Path directory = PLACE.resolve(digest(library));
    Path file = directory.resolve(name);
    var _ = Files.createDirectories(directory);
    if (!Files.exists(file)) {
      // Whoever else starts one at this moment puts the same there.
      Path draft = Files.createTempFile(directory, name, ".draft");
      var _ = Files.write(draft, library);
      var _ = Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("r-xr-xr-x"));
      var _ = Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return file;
  }

  private static String digest(byte[] library) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(library);
      return HexFormat.of().formatHex(hash).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
