package io.tapdeck.web.privilege;

import io.tapdeck.web.starter.ProgramLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A command of root's that is run under the account whose directory it works on. */
public final class AsOwner {
  private AsOwner() {}

  /**
   * Runs it, and waits for its end, if this process is root's and the directory another account's.
   *
   * @param command without the words that start this program
   * @return its status; empty if this process is to do it itself
   */
  public static OptionalInt run(ProgramLine program, Path directory, List<String> command)
      throws IOException, InterruptedException {
    if (!Files.isDirectory(directory) || !ProcessStatus.own().canConfine()) {
      return OptionalInt.empty();
    }
    Optional<Account> owner = Account.find(Files.getOwner(directory).getName());
    if (owner.isEmpty()
        || owner.get().isRoot()
        || SeparatedServer.obstacle(owner.get(), program, directory).isPresent()) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(new Launch(program, owner.get()).command(command));
  }
}
