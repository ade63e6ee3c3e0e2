package io.tapdeck.web.mirror;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Source;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.mirror.Target;
import java.util.Set;

/** What to do about a service or flow that is not active, in a sentence. */
final class Advice {
  private static final String VERIFY = "verify it: that names the hop that fails";

  private Advice() {}

  /**
   * About a service.
   *
   * @param away those of its hosts whose agents are not connected
   */
  static String of(TapService service, Standing standing, MirrorView view, Set<String> away) {
    return switch (standing.state()) {
      case ACTIVE -> "";
      case DISABLED -> standing.settled() ? "enable it" : leftover(away);
      case PENDING -> away.isEmpty() ? "wait a moment; if it stays so, " + log() : start(away);
      case WAITING -> view.destination(service).isEmpty() ? absent(service, view) : log();
      case DEGRADED, ERROR -> away.isEmpty() ? log() : start(away);
    };
  }

  /**
   * About a flow.
   *
   * @param away those of its hosts whose agents are not connected
   * @param copies what was counted of it
   */
  static String of(
      TapFlow flow, Standing standing, MirrorView view, Set<String> away, Copies copies) {
    return switch (standing.state()) {
      case ACTIVE -> "";
      case DISABLED -> standing.settled() ? disabled(flow, view) : leftover(away);
      case PENDING -> away.isEmpty() ? "wait a moment; if it stays so, " + VERIFY : start(away);
      case WAITING -> waiting(flow, view);
      case DEGRADED -> degraded(copies);
      case ERROR -> away.isEmpty() ? VERIFY : start(away);
    };
  }

  private static String disabled(TapFlow flow, MirrorView view) {
    if (!flow.enabled()) {
      return "enable it";
    }
    return flow.hasEnded(view.at())
        ? "give it another end, or none"
        : "enable its destination " + view.service(flow.service()).map(TapService::name).orElse("");
  }

  private static String waiting(TapFlow flow, MirrorView view) {
    if (view.sources(flow).isEmpty()) {
      return switch (flow.source()) {
        case Source.Vnic(String guest, String mac) ->
            "start guest " + view.guestName(guest) + ", with NIC " + mac;
        case Source.Vswitch of ->
            "name a bridge of host "
                + of.host()
                + " so: external_ids:tapdeck-wire="
                + of.wire()
                + "; or delete this and make another";
      };
    }
    return view.service(flow.service())
        .filter(service -> view.destination(service).isEmpty())
        .map(service -> absent(service, view))
        .orElse(VERIFY);
  }

  private static String absent(TapService service, MirrorView view) {
    return switch (service.target()) {
      case Target.InGuest(String guest) -> "start guest " + view.guestName(guest);
      case Target.ByHostNic(String host, String mac) ->
          "free NIC " + mac + " of host " + host + ", or make a destination with another";
      case Target.OnHost(String host) -> start(Set.of(host));
    };
  }

  private static String degraded(Copies copies) {
    String whole =
        copies.unfit() > 0 ? "give the hosts' underlay a larger MTU, or cut copies shorter" : "";
    String all = copies.limited() > 0 ? "raise what its destination takes at most" : "";
    return whole.isEmpty() && all.isEmpty()
        ? VERIFY
        : whole + (whole.isEmpty() || all.isEmpty() ? "" : "; ") + all;
  }

  private static String leftover(Set<String> away) {
    return away.isEmpty() ? "wait until what is left of it is taken away" : start(away);
  }

  private static String start(Set<String> away) {
    return "start 'tapdeck agent' on " + String.join(" and ", away.stream().sorted().toList());
  }

  private static String log() {
    return "see what its host's agent logs";
  }
}
