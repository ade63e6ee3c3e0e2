package io.tapdeck.web.command;

import io.tapdeck.provisioner.northbound.FlowEnd;
import io.tapdeck.provisioner.northbound.FlowSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * The options of a tap flow that can be given when it is made and when it is updated, each with
 * what takes it back. Two that contradict each other are refused.
 */
final class FlowOptions {
  @Option(
      names = "--direction",
      paramLabel = "IN|OUT|BOTH",
      description = {
        "vnic: what the guest receives, sends, or both.",
        "vswitch: what enters by the uplink, leaves by it, or everything. New flows: BOTH."
      })
  private @Nullable String direction;

  @ArgGroup private @Nullable Filtering filtering;

  /** Which copies go on. */
  static final class Filtering {
    @Option(
        names = "--filter",
        paramLabel = "RULE",
        description = {
          "Which copies go on: 'accept|reject [in|out] [proto P] [src CIDR[:PORT]]"
              + " [dst CIDR[:PORT]]'.",
          "May be repeated; the first that matches decides, what matches none is dropped."
        })
    private @Nullable List<String> rules;

    @Option(names = "--no-filter", description = "All copies go on (as in new flows).")
    private boolean none;
  }

  @ArgGroup private @Nullable Truncation truncation;

  /** How much of each copy goes on. */
  static final class Truncation {
    @Option(
        names = "--truncate",
        paramLabel = "BYTES",
        description = "Cut each copy to so many bytes, 14 to 65535, from its Ethernet header.")
    private @Nullable Integer bytes;

    @Option(names = "--no-truncate", description = "Do not cut copies (as in new flows).")
    private boolean none;
  }

  @Option(
      names = "--strip-vlan",
      paramLabel = "auto|on|off",
      description = {
        "Which VLAN tags are taken off the copies: auto, that which an access port adds; on, the"
            + " outermost; off, none. New flows: auto."
      })
  private @Nullable String strip;

  @ArgGroup private @Nullable Fitting fitting;

  /** What becomes of copies that are too long. */
  static final class Fitting {
    @Option(
        names = "--fit",
        description = "Cut copies that are too long for their way (as in new flows).")
    private boolean fit;

    @Option(
        names = "--no-fit",
        description = "Drop copies that are too long for their way, and count them.")
    private boolean noFit;
  }

  @ArgGroup private @Nullable Ending ending;

  /** When it ends. */
  static final class Ending {
    @Option(
        names = "--for",
        paramLabel = "DURATION",
        converter = Durations.class,
        description = "End after that time from now, like 30s, 10m or 2h.")
    private @Nullable Duration time;

    @Option(
        names = "--until",
        paramLabel = "TIME",
        description = "End then: 2026-07-01T12:00:00Z, or with an offset, ...T14:00:00+02:00.")
    private @Nullable String moment;

    @Option(names = "--no-end", description = "Never end (as in new flows).")
    private boolean never;
  }

  /** What is asked for. */
  FlowSettings settings() {
    return new FlowSettings(
        Optional.ofNullable(direction),
        Optional.ofNullable(filtering)
            .map(given -> given.none || given.rules == null ? List.of() : given.rules),
        Optional.ofNullable(truncation)
            .map(given -> given.none || given.bytes == null ? FlowSettings.WHOLE : given.bytes),
        Optional.ofNullable(strip),
        Optional.ofNullable(fitting).map(given -> given.fit && !given.noFit),
        Optional.ofNullable(ending).map(FlowOptions::end));
  }

  private static FlowEnd end(Ending given) {
    if (given.time != null) {
      return new FlowEnd.After(given.time);
    }
    return given.never || given.moment == null ? new FlowEnd.Never() : FlowEnd.at(given.moment);
  }
}
