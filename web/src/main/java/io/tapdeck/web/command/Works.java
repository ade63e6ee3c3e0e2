package io.tapdeck.web.command;

import io.tapdeck.capture.catalog.Catalog;
import io.tapdeck.capture.netif.InterfaceDescription;
import io.tapdeck.capture.netif.InterfaceInventory;
import io.tapdeck.provisioner.agent.Machine;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.web.api.Parts;
import io.tapdeck.web.job.Changes;
import io.tapdeck.web.job.RecordingImports;
import io.tapdeck.web.job.RecordingWork;
import io.tapdeck.web.job.Recordings;
import io.tapdeck.web.job.Replays;
import io.tapdeck.web.mirror.GuestMirrors;
import io.tapdeck.web.mirror.NorthboundLink;
import io.tapdeck.web.mirror.TapNicPlace;
import io.tapdeck.web.schedule.RecordingSchedules;
import io.tapdeck.web.starter.Starter;
import io.tapdeck.web.template.RecordingTemplates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of an appliance that work, put together. Closing lets go of what goes on. */
final class Works implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Works.class);

  private final Parts parts;

  private Works(Parts parts) {
    this.parts = parts;
  }

  /**
   * Finds what there is in a data directory, which is this process's alone, and sees to it.
   *
   * @throws IOException if the directory cannot be used
   */
  static Works open(
      Path data, Endpoint northbound, Starter starter, RecordingImports.Limits uploads)
      throws IOException {
    Changes changes = new Changes();
    String machine = Machine.bootId();
    Catalog catalog = Catalog.open(data);
    NorthboundLink link = NorthboundLink.keep(northbound, changes::tell);
    GuestMirrors mirrors = guestMirrors(link, starter::interfaces);
    try {
      Recordings recordings =
          Recordings.open(
              data,
              new RecordingWork(
                  starter,
                  mirrors,
                  (recording, directory) -> refresh(catalog, recording),
                  changes));
      Replays replays = Replays.open(data, recordings, starter, changes);
      RecordingTemplates templates = RecordingTemplates.open(data);
      RecordingSchedules schedules =
          RecordingSchedules.open(data, recordings, templates, changes, InstantSource.system());
      schedules.start();
      return new Works(
          new Parts(
              recordings,
              new RecordingImports(recordings, uploads),
              replays,
              templates,
              schedules,
              catalog,
              link,
              starter,
              machine,
              changes));
    } catch (IOException | RuntimeException failed) {
      link.close();
      catalog.close();
      throw failed;
    }
  }

  /** A look at all interfaces. */
  @FunctionalInterface
  interface Look {
    InterfaceInventory take() throws IOException, InterruptedException;
  }

  /** Mirrors whose copies come to this machine. */
  static GuestMirrors guestMirrors(NorthboundLink link, Look look) {
    String machine = Machine.bootId();
    return new GuestMirrors(link, host -> host.isOn(machine), service -> findTapNic(look, service));
  }

  Parts parts() {
    return parts;
  }

  private static void refresh(Catalog catalog, UUID recording) {
    try {
      catalog.refresh(recording);
    } catch (IOException unreadable) {
      LOG.warn("recording {} cannot be listed: {}", recording, unreadable.toString());
    }
  }

  private static Optional<TapNicPlace> findTapNic(Look look, UUID service)
      throws InterruptedException {
    InterfaceInventory inventory;
    try {
      inventory = look.take();
    } catch (IOException unseen) {
      LOG.warn("the NIC of a mirror cannot be looked for: {}", unseen.getMessage());
      return Optional.empty();
    }
    return inventory.interfaces().stream()
        .filter(nic -> nic.tapService().filter(service::equals).isPresent())
        .findFirst()
        .map(Works::place);
  }

  private static TapNicPlace place(InterfaceDescription nic) {
    return new TapNicPlace(nic.name(), nic.netns().orElse(null));
  }

  @Override
  public void close() {
    parts.schedules().close();
    parts.replays().close();
    parts.recordings().close();
    parts.northbound().close();
    parts.catalog().close();
  }
}
