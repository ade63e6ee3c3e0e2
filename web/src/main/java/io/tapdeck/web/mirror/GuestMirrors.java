package io.tapdeck.web.mirror;

import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.provisioner.northbound.TapFlows;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** Makes mirrors of guests for recordings, and takes them away again. */
public final class GuestMirrors {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int LONGEST_GUEST_NAME = 32;

  /** Of the recording's id, so that two recordings of a guest have mirrors of different names. */
  private static final int NAME_DIGITS = 4;

  private final NorthboundLink link;
  private final Predicate<Host> isLocal;
  private final TapNicSearch search;

  /** Finds the NIC of a tap service among the interfaces of this machine. */
  @FunctionalInterface
  public interface TapNicSearch {
    Optional<TapNicPlace> find(UUID service) throws IOException, InterruptedException;
  }

  /**
   * @param isLocal whether a host's agent runs on this machine
   */
  public GuestMirrors(NorthboundLink link, Predicate<Host> isLocal, TapNicSearch search) {
    this.link = link;
    this.isLocal = isLocal;
    this.search = search;
  }

  /**
   * What would be made; nothing is yet.
   *
   * @throws Refusal if the guest is unknown, or none of its copies can be brought to this machine
   */
  public GuestMirror plan(UUID recording, String guest) throws NorthboundAwayException {
    MirrorView view = link.demand().view();
    List<Nic> nics = view.nicsOf(guest).stream().sorted(Comparator.comparing(Nic::mac)).toList();
    if (nics.isEmpty()) {
      throw new Refusal("guest " + guest + " is unknown or off: see the list of guests");
    }
    String host = destination(view, nics);
    String name =
        "rec-"
            + shortened(nics.getFirst().guestName())
            + "-"
            + recording.toString().substring(0, NAME_DIGITS);
    List<GuestMirror.Flow> flows = new ArrayList<>();
    for (String mac : nics.stream().map(Nic::mac).distinct().toList()) {
      String flow = flows.isEmpty() ? name : name + "-" + (flows.size() + 1);
      flows.add(new GuestMirror.Flow(GuestMirror.flowOf(recording, mac), flow, mac));
    }
    return new GuestMirror(
        guest, nics.getFirst().guestName(), host, GuestMirror.serviceOf(recording), name, flows);
  }

  /** Nearest first: the copies need no tunnel then. */
  private String destination(MirrorView view, List<Nic> nics) {
    List<String> local = view.hosts().stream().filter(isLocal).map(Host::name).sorted().toList();
    return nics.stream()
        .map(Nic::host)
        .filter(local::contains)
        .findFirst()
        .or(() -> local.stream().findFirst())
        .orElseThrow(() ->
            new Refusal(
                "no agent runs on this machine, so copies cannot come here: start 'tapdeck agent'"
                    + " on it, or record on the guest's host "
                    + nics.getFirst().host()));
  }

  private static String shortened(String guestName) {
    String plain = guestName.replaceAll("[^A-Za-z0-9_.-]", "");
    return plain.substring(0, Math.min(LONGEST_GUEST_NAME, plain.length()));
  }

  /**
   * Makes what was planned and waits until the copies flow. If this fails, what was made is still
   * there: {@link #undo} it.
   *
   * @return the NIC that the copies come to
   * @throws Refusal if it cannot be made
   * @throws NotActiveException if it does not become active in time
   */
  public TapNicPlace make(GuestMirror mirror) throws IOException, InterruptedException {
    Northbound northbound = link.demand();
    northbound
        .services()
        .create(mirror.service(), mirror.name(), "host", mirror.host(), Optional.empty());
    northbound.services().setEnabled(mirror.service(), true);
    for (GuestMirror.Flow flow : mirror.flows()) {
      northbound
          .flows()
          .create(
              new TapFlows.Wish(
                  flow.id(),
                  flow.name(),
                  TapFlows.VNIC,
                  mirror.service().toString(),
                  mirror.guest(),
                  Optional.of(flow.mac()),
                  Optional.empty(),
                  "BOTH"));
    }
    if (!northbound.await(view -> trouble(mirror, view).isEmpty(), PATIENCE)) {
      throw new NotActiveException(
          "the mirror did not become active within "
              + PATIENCE.toSeconds()
              + " s: "
              + trouble(mirror, northbound.view()).orElse("it was just too late, try again"));
    }
    return search
        .find(mirror.service())
        .orElseThrow(() ->
            new NotActiveException(
                "the NIC that the copies come to is not to be found on this machine: does the"
                    + " agent of host "
                    + mirror.host()
                    + " run in a container of its own?"));
  }

  /** Why copies do not flow yet, empty if they do. */
  private static Optional<String> trouble(GuestMirror mirror, MirrorView view) {
    for (GuestMirror.Flow made : mirror.flows()) {
      Optional<TapFlow> flow = view.flow(made.id());
      if (flow.isEmpty()) {
        return Optional.of("tap flow " + made.name() + " is gone");
      }
      Standing standing = Standing.of(flow.get(), view);
      if (standing.state() != State.ACTIVE && standing.state() != State.DEGRADED) {
        return Optional.of(
            standing.reason().isEmpty() ? standing.state().word() : standing.reason());
      }
    }
    return Optional.empty();
  }

  /**
   * Takes away exactly what was made for one recording, or what of it is still there. May be called
   * again.
   */
  public void undo(GuestMirror mirror) throws IOException, InterruptedException {
    Northbound northbound = link.demand();
    MirrorView view = northbound.view();
    for (UUID flow : mirror.flowIds()) {
      if (view.flow(flow).filter(made -> made.service().equals(mirror.service())).isPresent()) {
        gone(() -> northbound.flows().delete(flow), () -> northbound.view().flow(flow).isEmpty());
      }
    }
    if (view.service(mirror.service()).isPresent()) {
      gone(
          () -> northbound.services().delete(mirror.service()),
          () -> northbound.view().service(mirror.service()).isEmpty());
    }
  }

  private interface Deletion {
    void run() throws IOException, InterruptedException;
  }

  private interface Look {
    boolean gone();
  }

  /** Somebody else may have deleted it at the same moment. */
  private static void gone(Deletion deletion, Look look) throws IOException, InterruptedException {
    try {
      deletion.run();
    } catch (Refusal refusal) {
      if (!look.gone()) {
        throw refusal;
      }
    }
  }
}
