package io.tapdeck.web.command;

import io.tapdeck.provisioner.northbound.FlowSettings;
import io.tapdeck.provisioner.northbound.TapFlows;
import io.tapdeck.provisioner.northbound.TapServices;
import io.tapdeck.web.mirror.MirrorPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The mirrors that a command is about: those of a northbound, or of an appliance elsewhere. What
 * there is of them is told by the names that scripts read. Where a thing is unknown or a change
 * cannot be, it is refused, by a {@link RefusedException} or a {@link
 * io.tapdeck.provisioner.northbound.Refusal}, in the same words.
 */
interface Mirrors {
  /** What is changed. */
  enum Kind {
    SERVICE,
    FLOW;

    /** Such as {@code tap service}. */
    String words() {
      return this == SERVICE ? "tap service" : "tap flow";
    }

    /** Refuses what is none of this kind. */
    String unknown(String idOrName) {
      return this == SERVICE ? TapServices.unknown(idOrName) : TapFlows.unknown(idOrName);
    }
  }

  List<Map<String, Object>> hosts() throws IOException, InterruptedException;

  List<Map<String, Object>> guestNics() throws IOException, InterruptedException;

  List<Map<String, Object>> wires() throws IOException, InterruptedException;

  /** All of a kind, by their names. */
  List<Map<String, Object>> all(Kind kind) throws IOException, InterruptedException;

  /** The one of an id or a name. */
  UUID find(Kind kind, String idOrName) throws IOException, InterruptedException;

  /** One that is there. */
  Map<String, Object> one(Kind kind, UUID id) throws IOException, InterruptedException;

  void create(TapServices.Wish wish) throws IOException, InterruptedException;

  void create(TapFlows.Wish wish) throws IOException, InterruptedException;

  /** See {@link TapServices#update}. */
  void update(UUID id, Optional<String> name, Optional<Long> maxRate)
      throws IOException, InterruptedException;

  /** See {@link TapFlows#update}. */
  void update(UUID id, Optional<String> name, FlowSettings settings)
      throws IOException, InterruptedException;

  void setEnabled(Kind kind, UUID id, boolean enabled) throws IOException, InterruptedException;

  void delete(Kind kind, UUID id) throws IOException, InterruptedException;

  /** How it stands, from now on. */
  Settling.Watched watched(Kind kind, UUID id);

  /**
   * Traces a flow's copies.
   *
   * @param timeout how long agents may take
   * @return see {@link io.tapdeck.web.mirror.FlowTrace#fields}
   */
  Map<String, Object> verify(UUID flow, Duration timeout) throws IOException, InterruptedException;

  MirrorPlan plan(MirrorPlan.Asked asked) throws IOException, InterruptedException;

  /**
   * Looks whether what was told is not the last that there will be.
   *
   * @throws IOException if whoever tells it has gone away
   */
  void checkThere() throws IOException;

  /** Who tells: {@code the northbound}, or {@code the appliance}. */
  String teller();
}
