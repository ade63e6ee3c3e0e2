package io.tapdeck.web.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.tapdeck.replay.rewrite.AddressMapping;
import io.tapdeck.replay.rewrite.Dscp;
import io.tapdeck.replay.rewrite.HopLimitChange;
import io.tapdeck.replay.rewrite.MacMapping;
import io.tapdeck.replay.rewrite.MacPair;
import io.tapdeck.replay.rewrite.PortMapping;
import io.tapdeck.replay.rewrite.UniqueAddresses;
import io.tapdeck.replay.rewrite.VlanChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How frames are changed, in the notation of the command line's options of the same names; null for
 * what stays as it is.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReplayRewriting(
    @Nullable String sourceMac,
    @Nullable String destinationMac,
    @Nullable List<String> mapMac,
    @Nullable List<String> mapIp,
    @Nullable List<String> mapSourceIp,
    @Nullable List<String> mapDestinationIp,
    @Nullable List<String> mapPort,
    @Nullable String vlan,
    @Nullable String ttl,
    @Nullable String dscp,
    @Nullable String unique,
    @Nullable Boolean fixChecksums) {
  /** Nothing is changed. */
  public static final ReplayRewriting NONE =
      new ReplayRewriting(null, null, null, null, null, null, null, null, null, null, null, null);

  private static final int LONGEST = 4096;
  private static final int MOST = 256;

  /**
   * @throws IllegalArgumentException if a value makes no sense; the message is for people
   */
  public ReplayRewriting {
    check(sourceMac, MacPair::parse);
    check(destinationMac, MacPair::parse);
    mapMac = checkAll(mapMac, MacMapping::parseAll);
    mapIp = checkAll(mapIp, AddressMapping::parseAll);
    mapSourceIp = checkAll(mapSourceIp, AddressMapping::parseAll);
    mapDestinationIp = checkAll(mapDestinationIp, AddressMapping::parseAll);
    mapPort = checkAll(mapPort, PortMapping::parseAll);
    check(vlan, VlanChange::parse);
    check(ttl, HopLimitChange::parse);
    check(dscp, Dscp::parse);
    check(unique, UniqueAddresses::parse);
  }

  private static void check(@Nullable String text, Consumer<String> parser) {
    if (text == null) {
      return;
    }
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a rule of rewriting has at most " + LONGEST + " characters");
    }
    parser.accept(text);
  }

  private static @Nullable List<String> checkAll(
      @Nullable List<String> texts, Consumer<String> parser) {
    if (texts == null) {
      return null;
    }
    if (texts.size() > MOST) {
      throw new IllegalArgumentException("there are at most " + MOST + " rules of each kind");
    }
    texts.forEach(text -> check(Bounds.given("rule", text), parser));
    return List.copyOf(texts);
  }

  /** The options of the command line that say the same. */
  List<String> options() {
    List<String> options = new ArrayList<>();
    add(options, "source-mac", sourceMac);
    add(options, "destination-mac", destinationMac);
    addAll(options, "map-mac", mapMac);
    addAll(options, "map-ip", mapIp);
    addAll(options, "map-source-ip", mapSourceIp);
    addAll(options, "map-destination-ip", mapDestinationIp);
    addAll(options, "map-port", mapPort);
    add(options, "vlan", vlan);
    add(options, "ttl", ttl);
    add(options, "dscp", dscp);
    add(options, "unique", unique);
    if (Boolean.TRUE.equals(fixChecksums)) {
      options.add("--fix-checksums");
    }
    return options;
  }

  private static void add(List<String> options, String name, @Nullable String value) {
    if (value != null) {
      options.add("--" + name + "=" + value);
    }
  }

  private static void addAll(List<String> options, String name, @Nullable List<String> values) {
    if (values != null) {
      values.forEach(value -> add(options, name, value));
    }
  }
}
