package io.tapdeck.provisioner.northbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.provisioner.ovsdb.Replica;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.ovsdb.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SchemaTest {
  private static Row row(Map<String, Value> columns, String column, String word) {
    Map<String, Value> all = new HashMap<>(columns);
    all.put(column, Value.of(word));
    return new Row(UUID.randomUUID(), all);
  }

  private static Map<UUID, Row> table(Row... rows) {
    Map<UUID, Row> table = new HashMap<>();
    for (Row row : rows) {
      table.put(row.uuid(), row);
    }
    return table;
  }

  @Test
  void aRowOfUnknownWordsIsLeftOutAndTheOthersAreNot() {
    Map<String, Value> flow =
        Map.of("name", Value.of("f"), "type", Value.of("vnic"), "direction", Value.of("BOTH"));
    Row good = row(flow, "strip", "AUTO");
    Row group = row(Map.of(), "kind", "NICS");
    MirrorView view =
        Schema.view(
            new Replica(
                Map.of(
                    Schema.TAP_FLOW,
                    table(
                        good,
                        row(flow, "strip", "sideways"),
                        row(flow, "direction", "up"),
                        row(flow, "filter", "accept what you like")),
                    Schema.TAP_GROUP,
                    table(group, row(Map.of(), "kind", "x"), row(Map.of(), "direction", "up")),
                    Schema.FLOW_REPORT,
                    table(row(Map.of(), "progress", "soon")),
                    Schema.SERVICE_REPORT,
                    table(row(Map.of(), "progress", "soon")))));
    assertThat(view.flows()).extracting(TapFlow::id).containsExactly(good.uuid());
    assertThat(view.groups()).hasSize(1);
    assertThat(view.flowReports()).isEmpty();
    assertThat(view.serviceReports()).isEmpty();
  }
}
