package io.tapdeck.web.privilege;

import io.tapdeck.capture.segment.SegmentName;
import io.tapdeck.web.starter.JobKind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose a data directory is. One that root left is handed over to an account: what the appliance
 * keeps there and root owns, and nothing else. No link is followed, on no part of the way: every
 * file is reached from the directory it is in, which is held open.
 */
final class DataOwnership {
  private static final Logger LOG = LoggerFactory.getLogger(DataOwnership.class);

  /** What an appliance keeps in its data directory, or in one of a job, besides segments. */
  private static final Pattern OURS =
      Pattern.compile(
          "recordings|replays|recording-templates|recording-schedules|tls"
              + "|(accounts|catalog)\\.db.*|northbound\\..*|\\.northbound\\..*"
              + "|(recording|job)\\.json(\\.draft)?|(recorder|player)\\.(out|err)"
              + "|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\\.json(\\.draft)?|\\.part)?"
              + "|(key|certificate)\\.pem(\\.draft)?|"
              + Pattern.quote(JobKind.SOCKET));

  private static final int DEEPEST = 3;

  private final UserPrincipal root;
  private final Account account;
  private final GroupPrincipal group;
  private long taken;

  private DataOwnership(Account account) throws IOException {
    this.account = account;
    root = FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("root");
    group =
        FileSystems.getDefault()
            .getUserPrincipalLookupService()
            .lookupPrincipalByGroupName(Integer.toString(account.group()));
  }

  /**
   * Makes the directory, if it is not there, and hands it over with what is in it.
   *
   * @param data its real path, or one whose last part is not there yet
   * @throws IOException if it is no directory of root's or the account's, or cannot be handed over
   */
  static void handOver(Path data, Account account) throws IOException {
    DataOwnership ownership = new DataOwnership(account);
    var _ =
        Files.createDirectories(
            data,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (DirectoryStream<Path> top = Files.newDirectoryStream(data)) {
      if (!(top instanceof SecureDirectoryStream<Path> held)) {
        throw new IOException("the files of " + data + " cannot be reached safely");
      }
      PosixFileAttributeView own = held.getFileAttributeView(PosixFileAttributeView.class);
      UserPrincipal owner = own.readAttributes().owner();
      if (!owner.equals(ownership.root) && !owner.equals(account.principal())) {
        throw new IOException(
            data + " belongs to " + owner + ": give a directory of root's or of " + account.name());
      }
      ownership.takeAll(held, data, 1);
      if (owner.equals(ownership.root)) {
        ownership.take(own);
      }
    }
    if (ownership.taken > 0) {
      LOG.debug("{} is {}'s from now on: {} files", data, account.name(), ownership.taken);
    }
  }

  /** What is in a directory, before the directory itself. */
  private void takeAll(SecureDirectoryStream<Path> directory, Path path, int depth)
      throws IOException {
    for (Path entry : directory) {
      Path name = entry.getFileName();
      if (OURS.matcher(name.toString()).matches() || SegmentName.belongs(name.toString())) {
        try {
          takeOne(directory, path.resolve(name), depth);
        } catch (NoSuchFileException gone) {
          LOG.debug("{} is gone", entry);
        }
      }
    }
  }

  private void takeOne(SecureDirectoryStream<Path> directory, Path path, int depth)
      throws IOException {
    Path name = path.getFileName();
    PosixFileAttributeView view =
        directory.getFileAttributeView(
            name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributes attributes = view.readAttributes();
    boolean isRoots = attributes.owner().equals(root);
    if (attributes.isDirectory() && depth < DEEPEST) {
      try (SecureDirectoryStream<Path> inside =
          directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
        takeAll(inside, path, depth + 1);
        if (isRoots) {
          take(inside.getFileAttributeView(PosixFileAttributeView.class));
        }
      }
    } else if (isRoots && attributes.isRegularFile() && isOnlyHere(path)) {
      take(view);
    } else if (isRoots && attributes.isOther()) {
      takeSocket(directory, path);
    }
  }

  private void take(PosixFileAttributeView view) throws IOException {
    view.setGroup(group);
    view.setOwner(account.principal());
    taken++;
  }

  /** Not one that has another name elsewhere, which somebody may have given it. */
  private static boolean isOnlyHere(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) == 1;
  }

  /**
   * A socket cannot be opened, and so is reached by its path, as long as nobody else can change
   * that: while the directory is root's. In another it goes: nobody else could connect to it.
   */
  private void takeSocket(SecureDirectoryStream<Path> directory, Path path) throws IOException {
    boolean isRootsDirectory =
        directory
            .getFileAttributeView(PosixFileAttributeView.class)
            .readAttributes()
            .owner()
            .equals(root);
    if (isRootsDirectory) {
      take(
          Files.getFileAttributeView(
              path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS));
    } else {
      directory.deleteFile(path.getFileName());
    }
  }
}
