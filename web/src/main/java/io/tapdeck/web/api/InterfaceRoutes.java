package io.tapdeck.web.api;

import io.tapdeck.capture.libpcap.FilterCheck;
import io.tapdeck.capture.libpcap.FilterVerdict;
import io.tapdeck.capture.libpcap.PcapException;
import io.tapdeck.capture.netif.InterfaceDescription;
import io.tapdeck.capture.netif.InterfaceInventory;
import io.tapdeck.capture.netif.InterfaceKind;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.job.RecordingView;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /interfaces} and {@code /filters/check}: what can be recorded, and what of it. */
final class InterfaceRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(InterfaceRoutes.class);

  private final Parts parts;

  InterfaceRoutes(Parts parts) {
    this.parts = parts;
  }

  record Named(UUID id, String name) {}

  record Interface(
      String name,
      @Nullable String netns,
      String kind,
      boolean up,
      boolean carrier,
      String mac,
      int mtu,
      @Nullable Long speedMbps,
      @Nullable String driver,
      List<String> addresses,
      @Nullable Named tapService,
      List<UUID> recordedBy,
      boolean playable,
      String notPlayable) {}

  record FilterOrder(@Nullable String filter) {
    FilterOrder {
      Given.field("filter", filter);
    }
  }

  record Answer(boolean valid, String detail) {}

  List<Route> routes() {
    return List.of(
        Route.get("/interfaces", Role.VIEWER, "Interfaces of this machine", this::list),
        Route.post("/filters/check", Role.VIEWER, "Whether a filter is one", this::check)
            .with(Route.Trait.ASKS_ONLY));
  }

  private void list(Call call) throws IOException, InterruptedException {
    InterfaceInventory inventory = parts.starter().interfaces();
    inventory
        .unseen()
        .forEach(place ->
            LOG.warn(
                "cannot list the interfaces of {}: {}",
                place.netns().map(name -> "namespace " + name).orElse("this machine"),
                place.reason()));
    List<RecordingView> recordings =
        parts.recordings().all().stream().filter(RecordingView::isUnderWay).toList();
    List<TapService> services =
        parts
            .northbound()
            .now()
            .map(Northbound::view)
            .map(view -> view.services())
            .orElse(List.of());
    call.json(
        inventory.interfaces().stream().map(nic -> answer(nic, recordings, services)).toList());
  }

  private static Interface answer(
      InterfaceDescription nic, List<RecordingView> recordings, List<TapService> services) {
    List<UUID> recordedBy =
        recordings.stream()
            .filter(
                one -> one.interfaceName().equals(nic.name()) && one.netns().equals(nic.netns()))
            .map(RecordingView::id)
            .toList();
    Optional<String> objection = objection(nic, recordedBy);
    return new Interface(
        nic.name(),
        nic.netns().orElse(null),
        nic.kind().name().toLowerCase(Locale.ROOT),
        nic.up(),
        nic.carrier(),
        nic.mac(),
        nic.mtu(),
        nic.speedMbps().orElse(null),
        nic.driver().orElse(null),
        nic.addresses(),
        nic.tapService().map(id -> named(id, services)).orElse(null),
        recordedBy,
        objection.isEmpty(),
        objection.orElse(""));
  }

  private static Named named(UUID id, List<TapService> services) {
    return new Named(
        id,
        services.stream()
            .filter(service -> service.id().equals(id))
            .map(TapService::name)
            .findFirst()
            .orElse(id.toString()));
  }

  /** Why nothing can be played to it. */
  private static Optional<String> objection(InterfaceDescription nic, List<UUID> recordedBy) {
    if (nic.kind() == InterfaceKind.TAP) {
      return Optional.of("the NIC of a mirror");
    }
    if (!recordedBy.isEmpty()) {
      return Optional.of("being recorded");
    }
    if (!nic.up()) {
      return Optional.of("down");
    }
    return nic.carrier() ? Optional.empty() : Optional.of("no carrier");
  }

  private void check(Call call) throws PcapException, InterruptedException {
    String filter = String.valueOf(call.body(FilterOrder.class).filter());
    call.json(
        switch (FilterCheck.checkBriefly(filter)) {
          case FilterVerdict.Good ignored -> new Answer(true, "");
          case FilterVerdict.Wrong(String words) -> new Answer(false, words);
          case FilterVerdict.Undecided(String why) -> new Answer(false, why);
        });
  }
}
