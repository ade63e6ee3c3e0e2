package io.tapdeck.web.privilege;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An account of this machine.
 *
 * @param user the number of the user
 * @param group the number of the user's own group
 * @param principal the user, as files and sockets name it
 */
public record Account(String name, int user, int group, UserPrincipal principal) {
  /** What useradd(8) takes. */
  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  /**
   * Finds one.
   *
   * @return empty if there is none of this name, or there cannot be
   * @throws IOException if that cannot be asked
   */
  public static Optional<Account> find(String name) throws IOException {
    if (!NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    UserPrincipal principal;
    try {
      principal =
          FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    } catch (UserPrincipalNotFoundException none) {
      return Optional.empty();
    }
    return Optional.of(
        new Account(name, number(name, "--user"), number(name, "--group"), principal));
  }

  private static int number(String name, String which) throws IOException {
    Process id = new ProcessBuilder("id", which, name).redirectErrorStream(true).start();
    String said = new String(id.getInputStream().readNBytes(64), StandardCharsets.UTF_8).strip();
    if (!NUMBER.matcher(said).matches()) {
      throw new IOException("the number of user " + name + " cannot be asked: " + said);
    }
    return Integer.parseInt(said);
  }

  /** Whether it may do everything. */
  public boolean isRoot() {
    return user == 0;
  }
}
