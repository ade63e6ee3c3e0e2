package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.ovsdb.Atom;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import io.tapdeck.provisioner.plan.SwitchView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MirrorGuardTest {
  private final Map<String, Map<UUID, Row>> tables = new HashMap<>();

  @Test
  void aBridgeWithAMirrorOfOursAndItsPortsAreTabooAndOthersAreNot() {
    bridge("br-ours", mirror("tapdeck"), "br-ours", "guest1");
    bridge("br-theirs", mirror("somebody"), "br-theirs", "guest2");
    bridge("brtap", mirror("somebody"), "brtap", "tpv-1");
    SwitchView view = new SwitchView(new Replica(tables));
    assertThat(MirrorGuard.objection("br-ours", view))
        .contains("br-ours is a bridge that is being mirrored");
    assertThat(MirrorGuard.objection("guest1", view))
        .contains("guest1 is a port of br-ours, which is being mirrored");
    assertThat(MirrorGuard.objection("tpv-1", view))
        .contains("tpv-1 is a port of brtap, which carries mirrored traffic");
    assertThat(MirrorGuard.objection("br-theirs", view)).isEmpty();
    assertThat(MirrorGuard.objection("guest2", view)).isEmpty();
    assertThat(MirrorGuard.objection("eth0", view)).isEmpty();
  }

  @Test
  void theBridgeThatCarriesCopiesIsTabooByItsName() {
    assertThat(new MirrorGuard().objection("brtap")).isPresent();
  }

  private UUID mirror(String owner) {
    Value owned = new Value.MapOf(Map.of(new Atom.Text("owner"), new Atom.Text(owner)));
    return row("Mirror", Map.of("external_ids", owned));
  }

  private void bridge(String name, UUID mirror, String... ports) {
    Set<Atom> uuids =
        List.of(ports).stream().map(this::port).map(Atom.Ref::new).collect(Collectors.toSet());
    row(
        "Bridge",
        Map.of(
            "name",
            new Atom.Text(name),
            "ports",
            new Value.SetOf(uuids),
            "mirrors",
            new Value.SetOf(Set.of(new Atom.Ref(mirror)))));
  }

  private UUID port(String name) {
    UUID nic = row("Interface", Map.of("name", new Atom.Text(name)));
    return row(
        "Port",
        Map.of(
            "name", new Atom.Text(name), "interfaces", new Value.SetOf(Set.of(new Atom.Ref(nic)))));
  }

  private UUID row(String table, Map<String, Value> columns) {
    UUID uuid = UUID.randomUUID();
    tables.computeIfAbsent(table, none -> new HashMap<>()).put(uuid, new Row(uuid, columns));
    return uuid;
  }
}
