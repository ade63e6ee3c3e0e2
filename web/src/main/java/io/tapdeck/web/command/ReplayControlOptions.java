package io.tapdeck.web.command;

import picocli.CommandLine.Option;

/** How {@code tapdeck replay} is watched and steered. */
final class ReplayControlOptions extends ControlOption {
  @Option(
      names = "--step",
      description = "Begins paused: each key n, or order to step, sends the next frame.")
  private boolean step;

  @Option(
      names = "--no-keys",
      description =
          "Leaves the terminal alone (default: where there is one, blank pauses and resumes, + and"
              + " - change the pace by a quarter, n sends the next frame, q ends).")
  private boolean noKeys;

  @Option(
      names = "--histogram",
      description = "The summary has how many frames were how far from their deadlines.")
  private boolean histogram;

  @Option(names = "--json", description = "Prints one JSON object on the last line.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress, no summary for people.")
  private boolean quiet;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayControlOptions() {}

  boolean beginsPaused() {
    return step;
  }

  boolean takesKeys() {
    return !noKeys;
  }

  boolean showsHistogram() {
    return histogram;
  }

  boolean isJson() {
    return json;
  }

  boolean isQuiet() {
    return quiet;
  }
}
