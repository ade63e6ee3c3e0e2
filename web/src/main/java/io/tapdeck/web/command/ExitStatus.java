package io.tapdeck.web.command;

/** What the exit status of every subcommand means. */
final class ExitStatus {
  /** Done as asked, or ended by SIGINT or SIGTERM with everything flushed. */
  static final int DONE = 0;

  /** Begun, but not all of it was done. */
  static final int INCOMPLETE = 1;

  /** Refused; nothing was begun. */
  static final int REFUSED = 2;

  private ExitStatus() {}
}
