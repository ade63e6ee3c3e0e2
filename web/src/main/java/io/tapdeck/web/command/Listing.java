package io.tapdeck.web.command;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a list is shown: once, or again each time that it has changed. */
final class Listing {
  /** How often it is looked at; changes come together in the next look. */
  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** To the top of the terminal, of which the rest is cleared line by line. */
  private static final String HOME = "\u001b[H";

  private static final String CLEAR_TO_LINE_END = "\u001b[K";
  private static final String CLEAR_TO_END = "\u001b[J";

  @Option(
      names = "--watch",
      description = {
        "Show it again whenever it has changed, at most twice a second, until Ctrl-C.",
        "On a terminal in place, else each time after an empty line; with --json a line each time."
      })
  private boolean watch;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Listing() {}

  /** What is in the list now. */
  interface Look {
    List<Map<String, Object>> at(Mirrors mirrors) throws IOException, InterruptedException;
  }

  /**
   * Shows it.
   *
   * @param columns the fields that people see
   * @return the exit status
   */
  int show(MirrorAccess access, Presentation presentation, List<String> columns, Look look)
      throws IOException, InterruptedException {
    if (!watch) {
      return access.run(mirrors -> {
        print(presentation.listText(look.at(mirrors), columns));
        return ExitStatus.DONE;
      });
    }
    CountDownLatch stop = new CountDownLatch(1);
    try (StopSignals signals = new StopSignals(stop::countDown)) {
      return signals.end(
          access.run(mirrors -> {
            watch(mirrors, presentation, columns, look, stop);
            return ExitStatus.DONE;
          }));
    }
  }

  private void watch(
      Mirrors mirrors,
      Presentation presentation,
      List<String> columns,
      Look look,
      CountDownLatch stop)
      throws IOException, InterruptedException {
    boolean inPlace = !presentation.isJson() && isTerminal(System.console());
    String last = "";
    do {
      String now;
      try {
        now = presentation.listText(look.at(mirrors), columns);
        mirrors.checkThere();
      } catch (IOException gone) {
        throw new IOException(
            mirrors.teller()
                + " has gone away: "
                + gone.getMessage()
                + "; watch again once it is back",
            gone);
      }
      if (!now.equals(last)) {
        if (inPlace) {
          print(HOME + now.replace("\n", CLEAR_TO_LINE_END + "\n") + CLEAR_TO_END);
        } else {
          print((last.isEmpty() || presentation.isJson() ? "" : "\n") + now);
        }
        last = now;
      }
      // Who read the output has had enough.
      if (spec.commandLine().getOut().checkError()) {
        return;
      }
    } while (!stop.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
  }

  private static boolean isTerminal(@Nullable Console console) {
    return console != null && console.isTerminal();
  }

  private void print(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }
}
