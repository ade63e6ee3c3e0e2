package io.tapdeck.web.starter;

import java.nio.file.Path;
import java.util.UUID;

/** A program that is started for a job, and where in the data directory the job has its own. */
public enum JobKind {
  RECORD("record", "recordings", "recorder"),
  REPLAY("replay", "replays", "player");

  /** The name of the socket at which a job's process takes orders. */
  public static final String SOCKET = "control.sock";

  private final String command;
  private final String place;
  private final String program;

  JobKind(String command, String place, String program) {
    this.command = command;
    this.place = place;
    this.program = program;
  }

  /** The command's name. */
  public String command() {
    return command;
  }

  /** What its process is called, by which its output is named. */
  public String program() {
    return program;
  }

  /** The directory of all jobs of this kind. */
  public Path all(Path data) {
    return data.resolve(place);
  }

  /** The directory of one. */
  Path directory(Path data, UUID id) {
    return all(data).resolve(id.toString());
  }
}
