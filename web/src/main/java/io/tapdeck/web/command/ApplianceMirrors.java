package io.tapdeck.web.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.provisioner.mirror.Standing;
import io.tapdeck.provisioner.mirror.State;
import io.tapdeck.provisioner.northbound.FlowEnd;
import io.tapdeck.provisioner.northbound.FlowSettings;
import io.tapdeck.provisioner.northbound.Names;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.provisioner.northbound.TapFlows;
import io.tapdeck.provisioner.northbound.TapServices;
import io.tapdeck.web.client.ApplianceRefusal;
import io.tapdeck.web.client.RemoteAppliance;
import io.tapdeck.web.mirror.Copies;
import io.tapdeck.web.mirror.MirrorPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** The mirrors of an appliance elsewhere, by its API. */
final class ApplianceMirrors implements Mirrors {
  /** An appliance waits no longer for agents, whoever asks. */
  private static final Duration LONGEST_TRACE = Duration.ofSeconds(30);

  /** How often it is asked how something stands, while that is waited for. */
  private static final Duration LOOK = Duration.ofMillis(200);

  private static final int NOT_FOUND = 404;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** A later appliance may tell more than is known here. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final RemoteAppliance appliance;

  ApplianceMirrors(RemoteAppliance appliance) {
    this.appliance = appliance;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    try {
      return appliance.get(path);
    } catch (ApplianceRefusal refusal) {
      throw ApplianceAccess.refused(refusal);
    }
  }

  private JsonNode send(String method, String path, ObjectNode body)
      throws IOException, InterruptedException {
    try {
      return appliance.send(method, path, body);
    } catch (ApplianceRefusal refusal) {
      throw ApplianceAccess.refused(refusal);
    }
  }

  private static String path(Kind kind) {
    return kind == Kind.SERVICE ? "/tap_services" : "/tap_flows";
  }

  private static String path(Kind kind, UUID id) {
    return path(kind) + "/" + id;
  }

  @Override
  public List<Map<String, Object>> hosts() throws IOException, InterruptedException {
    return list(get("/hosts"));
  }

  @Override
  public List<Map<String, Object>> guestNics() throws IOException, InterruptedException {
    return list(get("/guest_nics"));
  }

  @Override
  public List<Map<String, Object>> wires() throws IOException, InterruptedException {
    return list(get("/wires"));
  }

  @Override
  public List<Map<String, Object>> all(Kind kind) throws IOException, InterruptedException {
    return list(get(path(kind)));
  }

  private static List<Map<String, Object>> list(JsonNode told) {
    return RemoteThings.stream(told).map(ApplianceMirrors::fields).toList();
  }

  /** What was told, as it would be known here. */
  private static Map<String, Object> fields(JsonNode thing) {
    Map<String, Object> fields = new LinkedHashMap<>();
    thing
        .properties()
        .forEach(entry -> fields.put(entry.getKey(), value(entry.getKey(), entry.getValue())));
    return fields;
  }

  private static Object value(String name, JsonNode told) {
    if (told.isObject() && name.equals("copies")) {
      return MAPPER.convertValue(told, Copies.class);
    }
    if (told.isArray()) {
      return RemoteThings.stream(told)
          .map(one -> one.isObject() ? fields(one) : value("", one))
          .toList();
    }
    return told.isObject()
        ? fields(told)
        : told.isIntegralNumber()
            ? told.asLong()
            : told.isBoolean() ? (Object) told.asBoolean() : told.asText();
  }

  @Override
  public UUID find(Kind kind, String idOrName) throws IOException, InterruptedException {
    Optional<UUID> id = Names.uuid(idOrName);
    Optional<JsonNode> found =
        id.isPresent()
            ? look(kind, id.get())
            : RemoteThings.stream(get(path(kind)))
                .filter(one -> one.path("name").asText().equals(idOrName))
                .findFirst();
    return RemoteThings.id(found.orElseThrow(() -> new RefusedException(kind.unknown(idOrName))));
  }

  private Optional<JsonNode> look(Kind kind, UUID id) throws IOException, InterruptedException {
    try {
      return Optional.of(appliance.get(path(kind, id)));
    } catch (ApplianceRefusal refusal) {
      if (refusal.status() == NOT_FOUND) {
        return Optional.empty();
      }
      throw ApplianceAccess.refused(refusal);
    }
  }

  @Override
  public Map<String, Object> one(Kind kind, UUID id) throws IOException, InterruptedException {
    return fields(get(path(kind, id)));
  }

  @Override
  public void create(TapServices.Wish wish) throws IOException, InterruptedException {
    wish.maxRate().ifPresent(TapServices::checkRate);
    ObjectNode order = JSON.objectNode();
    order.put("name", wish.name()).put("type", wish.type()).put("targetId", wish.target());
    wish.mac().ifPresent(mac -> order.put("macAddr", mac));
    wish.maxRate().ifPresent(rate -> order.put("maxRate", rate));
    var _ = send("PUT", path(Kind.SERVICE, wish.id()), order);
  }

  @Override
  public void create(TapFlows.Wish wish) throws IOException, InterruptedException {
    wish.settings().check();
    ObjectNode order = JSON.objectNode();
    order.put("name", wish.name()).put("type", wish.type()).put("tapId", wish.tap());
    TapFlows.From from = wish.from();
    from.guest().ifPresent(guest -> order.put("guestId", guest));
    from.mac().ifPresent(mac -> order.put("macAddr", mac));
    from.ip().ifPresent(ip -> order.put("ipAddr", ip));
    from.host().ifPresent(host -> order.put("hostId", host));
    from.wire().ifPresent(wire -> order.put("wireId", wire));
    from.vlan().ifPresent(vlan -> order.put("vlanId", vlan));
    put(order, wish.settings());
    var _ = send("PUT", path(Kind.FLOW, wish.id()), order);
  }

  /** What takes a setting back is the default of a new flow, too. */
  private static void put(ObjectNode order, FlowSettings settings) {
    settings.direction().ifPresent(direction -> order.put("direction", direction));
    settings.filter().ifPresent(rules -> rules.forEach(order.putArray("filter")::add));
    settings
        .truncate()
        .ifPresent(bytes -> order.put("truncate", bytes == FlowSettings.WHOLE ? null : bytes));
    settings.strip().ifPresent(strip -> order.put("stripVlan", strip));
    settings.fit().ifPresent(fit -> order.put("fit", fit));
    settings.end().ifPresent(end -> put(order, end));
  }

  private static void put(ObjectNode order, FlowEnd end) {
    switch (end) {
      case FlowEnd.After(Duration time) -> order.put("for", time.toString());
      case FlowEnd.At at -> order.put("until", at.moment().toString());
      case FlowEnd.Never _ -> order.put("until", "");
    }
  }

  @Override
  public void update(UUID id, Optional<String> name, Optional<Long> maxRate)
      throws IOException, InterruptedException {
    maxRate.ifPresent(TapServices::checkRate);
    ObjectNode change = JSON.objectNode();
    name.ifPresent(wanted -> change.put("name", wanted));
    maxRate.ifPresent(rate -> change.put("maxRate", rate == TapServices.UNLIMITED ? 0 : rate));
    var _ = send("PATCH", path(Kind.SERVICE, id), change);
  }

  @Override
  public void update(UUID id, Optional<String> name, FlowSettings settings)
      throws IOException, InterruptedException {
    settings.check();
    ObjectNode change = JSON.objectNode();
    name.ifPresent(wanted -> change.put("name", wanted));
    put(change, settings);
    if (settings.truncate().equals(Optional.of(FlowSettings.WHOLE))) {
      change.put("truncate", 0);
    }
    var _ = send("PATCH", path(Kind.FLOW, id), change);
  }

  @Override
  public void setEnabled(Kind kind, UUID id, boolean enabled)
      throws IOException, InterruptedException {
    var _ = send("POST", path(kind, id) + (enabled ? "/enable" : "/disable"), JSON.objectNode());
  }

  @Override
  public void delete(Kind kind, UUID id) throws IOException, InterruptedException {
    var _ = send("DELETE", path(kind, id), JSON.objectNode());
  }

  @Override
  public Settling.Watched watched(Kind kind, UUID id) {
    return new Settling.Watched() {
      @Override
      public Optional<Standing> standing() throws IOException, InterruptedException {
        Optional<JsonNode> found = look(kind, id);
        return found.isPresent()
            ? Optional.of(ApplianceMirrors.standing(found.get()))
            : Optional.empty();
      }

      @Override
      public boolean await(Predicate<Standing> wish, Duration timeout)
          throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!standing().map(wish::test).orElse(true)) {
          long left = deadline - System.nanoTime();
          if (left <= 0) {
            return false;
          }
          Thread.sleep(Duration.ofNanos(Math.min(left, LOOK.toNanos())));
        }
        return true;
      }
    };
  }

  private static Standing standing(JsonNode thing) throws IOException {
    String word = thing.path("state").asText();
    try {
      return new Standing(
          State.valueOf(word.toUpperCase(Locale.ROOT)),
          thing.path("reason").asText(),
          thing.path("settled").asBoolean());
    } catch (IllegalArgumentException none) {
      throw new IOException("the appliance tells a state that is none", none);
    }
  }

  @Override
  public Map<String, Object> verify(UUID flow, Duration timeout)
      throws IOException, InterruptedException {
    if (!timeout.isPositive() || timeout.compareTo(LONGEST_TRACE) > 0) {
      throw new Refusal("--timeout is more than 0 and at most 30s with --url");
    }
    return fields(
        send(
            "POST",
            path(Kind.FLOW, flow) + "/verify",
            JSON.objectNode().put("timeout", timeout.toString())));
  }

  @Override
  public MirrorPlan plan(MirrorPlan.Asked asked) throws IOException, InterruptedException {
    ObjectNode order = JSON.objectNode();
    asked.host().ifPresent(host -> order.put("host", host));
    asked.enable().forEach(order.putArray("enable")::add);
    asked.disable().forEach(order.putArray("disable")::add);
    asked.delete().forEach(order.putArray("delete")::add);
    JsonNode told = send("POST", "/mirrors/plan", order);
    try {
      return MAPPER.treeToValue(told, MirrorPlan.class);
    } catch (JsonProcessingException none) {
      throw new IOException("the appliance tells a plan that is none", none);
    }
  }

  @Override
  public void checkThere() {
    // Each look asks it.
  }

  @Override
  public String teller() {
    return "the appliance";
  }
}
