package io.tapdeck.web.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tapdeck.provisioner.northbound.FlowEnd;
import io.tapdeck.provisioner.northbound.FlowSettings;
import io.tapdeck.provisioner.northbound.TapFlows;
import io.tapdeck.provisioner.northbound.TapServices;
import io.tapdeck.web.http.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What can be asked for of tap services and flows, as bodies say it. */
final class MirrorOrders {
  private MirrorOrders() {}

  record ServiceOrder(
      @Nullable String name,
      @Nullable String type,
      @Nullable String targetId,
      @Nullable String macAddr,
      @Nullable Long maxRate) {
    ServiceOrder {
      Given.field("name", name);
      Given.field("type", type);
      Given.field("targetId", targetId);
    }

    TapServices.Wish wish(UUID id) {
      return new TapServices.Wish(
          id,
          String.valueOf(name),
          String.valueOf(type),
          String.valueOf(targetId),
          Optional.ofNullable(macAddr).filter(mac -> !mac.isEmpty()),
          Optional.ofNullable(maxRate).filter(rate -> rate != 0));
    }
  }

  /** What is to be changed of a service; what is left out stays as it is. */
  record ServiceChange(@Nullable String name, @Nullable Long maxRate) {
    Optional<Long> wantedRate() {
      return Optional.ofNullable(maxRate).map(rate -> rate == 0 ? TapServices.UNLIMITED : rate);
    }
  }

  record FlowOrder(
      @Nullable String name,
      @Nullable String type,
      @Nullable String tapId,
      @Nullable String guestId,
      @Nullable String macAddr,
      @Nullable String ipAddr,
      @Nullable String hostId,
      @Nullable String wireId,
      @Nullable Integer vlanId,
      @Nullable String direction,
      @Nullable List<String> filter,
      @Nullable Integer truncate,
      @Nullable String stripVlan,
      @Nullable Boolean fit,
      @JsonProperty("for") @Nullable Duration time,
      @Nullable String until) {
    FlowOrder {
      Given.field("name", name);
      Given.field("tapId", tapId);
      Given.elements("filter", filter);
    }

    TapFlows.Wish wish(UUID id) {
      TapFlows.From from =
          new TapFlows.From(
              Optional.ofNullable(guestId),
              Optional.ofNullable(macAddr),
              Optional.ofNullable(ipAddr),
              Optional.ofNullable(hostId),
              Optional.ofNullable(wireId),
              Optional.ofNullable(vlanId));
      return new TapFlows.Wish(
          id,
          String.valueOf(name),
          type == null ? TapFlows.VNIC : type,
          String.valueOf(tapId),
          from,
          new FlowSettings(
              Optional.ofNullable(direction),
              Optional.ofNullable(filter),
              Optional.ofNullable(truncate),
              Optional.ofNullable(stripVlan),
              Optional.ofNullable(fit),
              end(time, until)));
    }
  }

  /**
   * What is to be changed of a flow; what is left out stays as it is.
   *
   * @param truncate 0 for no longer
   * @param until empty for never
   */
  record FlowChange(
      @Nullable String name,
      @Nullable String direction,
      @Nullable List<String> filter,
      @Nullable Integer truncate,
      @Nullable String stripVlan,
      @Nullable Boolean fit,
      @JsonProperty("for") @Nullable Duration time,
      @Nullable String until) {
    FlowChange {
      Given.elements("filter", filter);
    }

    FlowSettings settings() {
      return new FlowSettings(
          Optional.ofNullable(direction),
          Optional.ofNullable(filter),
          Optional.ofNullable(truncate).map(bytes -> bytes == 0 ? FlowSettings.WHOLE : bytes),
          Optional.ofNullable(stripVlan),
          Optional.ofNullable(fit),
          end(time, until));
    }
  }

  private static Optional<FlowEnd> end(@Nullable Duration time, @Nullable String until) {
    if (time != null && until != null) {
      throw Problem.badRequest("'for' and 'until' are both given: leave one out");
    }
    if (until != null) {
      return Optional.of(until.isEmpty() ? new FlowEnd.Never() : FlowEnd.at(until));
    }
    return Optional.ofNullable(time).map(FlowEnd.After::new);
  }
}
