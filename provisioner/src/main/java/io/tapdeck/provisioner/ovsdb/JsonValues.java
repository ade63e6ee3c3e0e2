package io.tapdeck.provisioner.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Values, conditions and operations in the JSON of RFC 7047, section 5. */
final class JsonValues {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private JsonValues() {}

  static JsonNode write(Value value) {
    return switch (value) {
      case Atom.Text(String text) -> JSON.textNode(text);
      case Atom.Whole(long whole) -> JSON.numberNode(whole);
      case Atom.Real(double real) -> JSON.numberNode(real);
      case Atom.Truth(boolean truth) -> JSON.booleanNode(truth);
      case Atom.Ref(UUID uuid) -> JSON.arrayNode().add("uuid").add(uuid.toString());
      case Atom.NamedRef(String name) -> JSON.arrayNode().add("named-uuid").add(name);
      case Value.SetOf(Set<Atom> atoms) -> {
        ArrayNode members = JSON.arrayNode();
        atoms.forEach(atom -> members.add(write(atom)));
        yield JSON.arrayNode().add("set").add(members);
      }
      case Value.MapOf(Map<Atom, Atom> entries) -> {
        ArrayNode pairs = JSON.arrayNode();
        entries.forEach((key, val) -> pairs.add(JSON.arrayNode().add(write(key)).add(write(val))));
        yield JSON.arrayNode().add("map").add(pairs);
      }
    };
  }

  /**
   * @throws IllegalArgumentException if the JSON is no value
   */
  static Value read(JsonNode json) {
    if (json.isArray() && json.size() == 2) {
      JsonNode content = json.get(1);
      switch (json.get(0).asText()) {
        case "set" -> {
          Set<Atom> atoms = new LinkedHashSet<>();
          content.forEach(member -> atoms.add(readAtom(member)));
          return new Value.SetOf(atoms);
        }
        case "map" -> {
          Map<Atom, Atom> entries = new LinkedHashMap<>();
          content.forEach(pair -> entries.put(readAtom(pair.path(0)), readAtom(pair.path(1))));
          return new Value.MapOf(entries);
        }
        default -> {}
      }
    }
    return readAtom(json);
  }

  private static Atom readAtom(JsonNode json) {
    if (json.isTextual()) {
      return new Atom.Text(json.textValue());
    }
    if (json.isIntegralNumber()) {
      return new Atom.Whole(json.longValue());
    }
    if (json.isNumber()) {
      return new Atom.Real(json.doubleValue());
    }
    if (json.isBoolean()) {
      return new Atom.Truth(json.booleanValue());
    }
    if (json.isArray() && json.size() == 2) {
      String content = json.get(1).asText();
      switch (json.get(0).asText()) {
        case "uuid" -> {
          return new Atom.Ref(UUID.fromString(content));
        }
        case "named-uuid" -> {
          return new Atom.NamedRef(content);
        }
        default -> {}
      }
    }
    throw new IllegalArgumentException("not an OVSDB value: " + json);
  }

  static Map<String, Value> readColumns(JsonNode row) {
    Map<String, Value> columns = new LinkedHashMap<>();
    row.properties().forEach(column -> columns.put(column.getKey(), read(column.getValue())));
    return columns;
  }

  static ObjectNode write(Operation operation) {
    ObjectNode json = JSON.objectNode().put("table", operation.table());
    switch (operation) {
      case Operation.Insert insert -> {
        json.put("op", "insert").set("row", write(insert.columns()));
        insert.uuid().ifPresent(uuid -> json.put("uuid", uuid.toString()));
        insert.name().ifPresent(name -> json.put("uuid-name", name));
      }
      case Operation.Update update -> {
        json.put("op", "update").set("where", write(update.where()));
        json.set("row", write(update.columns()));
      }
      case Operation.Mutate mutate -> {
        json.put("op", "mutate").set("where", write(mutate.where()));
        ArrayNode mutations = json.putArray("mutations");
        for (Mutation mutation : mutate.mutations()) {
          mutations
              .addArray()
              .add(mutation.column())
              .add(mutation.mutator().symbol())
              .add(write(mutation.value()));
        }
      }
      case Operation.Delete delete -> json.put("op", "delete").set("where", write(delete.where()));
      case Operation.Select select -> {
        json.put("op", "select").set("where", write(select.where()));
        json.set("columns", texts(select.columns()));
      }
      case Operation.Expect expect -> {
        // "wait" compares a set of rows: with no rows to compare with, it tells whether any match.
        json.put("op", "wait").put("timeout", 0).set("where", write(expect.where()));
        json.put("until", expect.expected() ? "!=" : "==").putArray("rows");
        json.set("columns", texts(List.of("_uuid")));
      }
    }
    return json;
  }

  private static ObjectNode write(Map<String, Value> columns) {
    ObjectNode row = JSON.objectNode();
    columns.forEach((column, value) -> row.set(column, write(value)));
    return row;
  }

  private static ArrayNode write(List<Condition> where) {
    ArrayNode clauses = JSON.arrayNode();
    for (Condition clause : where) {
      clauses
          .addArray()
          .add(clause.column())
          .add(clause.function().symbol())
          .add(write(clause.value()));
    }
    return clauses;
  }

  static ArrayNode texts(List<String> texts) {
    ArrayNode array = JSON.arrayNode();
    texts.forEach(array::add);
    return array;
  }

  /**
   * The results of a transaction of {@code operations} operations.
   *
   * @throws TransactionException if it was not committed
   */
  static List<OperationResult> readResults(JsonNode reply, int operations)
      throws TransactionException {
    List<OperationResult> results = new ArrayList<>();
    for (int i = 0; i < reply.size(); i++) {
      JsonNode result = reply.get(i);
      if (result.hasNonNull("error")) {
        throw new TransactionException(
            i, result.get("error").asText(), result.path("details").asText(""));
      }
      List<Map<String, Value>> rows = new ArrayList<>();
      result.path("rows").forEach(row -> rows.add(readColumns(row)));
      results.add(new OperationResult(rows));
    }
    if (results.size() < operations) {
      throw new TransactionException(results.size(), "incomplete reply", "");
    }
    return results;
  }
}
