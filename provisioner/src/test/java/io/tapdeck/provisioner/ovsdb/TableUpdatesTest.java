package io.tapdeck.provisioner.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Updates of {@code monitor_cond}, as ovsdb-server(7) describes them. */
class TableUpdatesTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final UUID ROW = UUID.fromString("00000001-0000-4000-8000-000000000001");
  private static final String SCHEMA =
      """
      {"tables":{"T":{"columns":{
        "name":{"type":"string"},
        "up":{"type":"boolean"},
        "tag":{"type":{"key":"integer","min":0,"max":1}},
        "members":{"type":{"key":"string","min":0,"max":"unlimited"}},
        "ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}}}}
      """;

  private static Row after(String... updates) throws Exception {
    TableUpdates reader =
        TableUpdates.of(
            MAPPER.readTree(SCHEMA), Map.of("T", List.of("name", "up", "tag", "members", "ids")));
    Replica replica = new Replica(Map.of());
    for (String update : updates) {
      replica = reader.apply(replica, MAPPER.readTree("{\"T\":{\"" + ROW + "\":" + update + "}}"));
    }
    return replica.row("T", ROW).orElseThrow();
  }

  @Test
  void whatANewRowLeavesOutIsZero() throws Exception {
    Row row = after("{\"initial\":{\"name\":\"a\"}}");
    assertThat(row.value("up")).isEqualTo(Value.of(false));
    assertThat(row.optionalWhole("tag")).isEmpty();
    assertThat(row.map("ids")).isEmpty();
  }

  @Test
  void aColumnOfOneValueIsReplaced() throws Exception {
    Row row =
        after(
            "{\"insert\":{\"name\":\"a\",\"tag\":5}}",
            "{\"modify\":{\"name\":\"b\",\"tag\":[\"set\",[]]}}");
    assertThat(row.text("name")).isEqualTo("b");
    assertThat(row.optionalWhole("tag")).isEmpty();
  }

  @Test
  void membersOfASetChangeSides() throws Exception {
    Row row =
        after(
            "{\"insert\":{\"members\":[\"set\",[\"a\",\"b\"]]}}",
            "{\"modify\":{\"members\":[\"set\",[\"b\",\"c\"]]}}");
    assertThat(row.texts("members")).containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void keysOfAMapComeGoAndChange() throws Exception {
    Row row =
        after(
            "{\"insert\":{\"ids\":[\"map\",[[\"a\",\"1\"],[\"b\",\"2\"]]]}}",
            "{\"modify\":{\"ids\":[\"map\",[[\"a\",\"1\"],[\"b\",\"3\"],[\"c\",\"4\"]]]}}");
    assertThat(row.map("ids")).isEqualTo(Map.of("b", "3", "c", "4"));
  }
}
