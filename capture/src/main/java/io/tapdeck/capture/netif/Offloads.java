package io.tapdeck.capture.netif;

import io.tapdeck.capture.os.InterfaceFeatures;
import io.tapdeck.capture.os.InterfaceFeatures.Feature;
import io.tapdeck.capture.os.OsException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The offloads of an interface, and which of them make a recording differ from what is on the wire.
 *
 * <p>A packet socket sees a received frame after GRO and LRO have merged it with others, and a sent
 * one before the device cuts it (TSO, and the same for UDP and tunnels): frames of up to 64 KiB,
 * fewer than there were. GSO alone distorts nothing, as the kernel cuts before packet sockets see
 * the frame. What the other end of a veth sends is not cut at all where that end has TSO: this is
 * set at that end, and cannot be seen from here.
 *
 * @param features every feature of the interface by the kernel's name of it
 */
public record Offloads(SortedMap<String, Feature> features) {
  /** The names in ethtool's words, for those that people know. */
  private static final Map<String, String> MERGING =
      Map.of("rx-gro", "GRO", "rx-gro-hw", "hardware GRO", "rx-lro", "LRO");

  private static final String SEGMENTATION = "tx-[a-z0-9_-]+-segmentation|tx-gso-list";
  private static final String TCP_SEGMENTATION = "tx-tcp[a-z0-9_-]*-segmentation";
  private static final String GENERIC_SEGMENTATION = "tx-generic-segmentation";

  public Offloads {
    features = Collections.unmodifiableSortedMap(new TreeMap<>(features));
  }

  /**
   * Reads those of an interface in the calling thread's network namespace. Needs no privilege.
   *
   * @throws OsException {@link io.tapdeck.capture.os.Errno#ENODEV} if there is no such interface
   */
  public static Offloads of(String interfaceName) throws OsException {
    try (InterfaceFeatures features = InterfaceFeatures.open(interfaceName)) {
      return new Offloads(features.read());
    }
  }

  /** The features that are on and merge received frames. */
  public SortedSet<String> mergingReceived() {
    return active(name -> MERGING.containsKey(name));
  }

  /** The features that are on and because of which sent frames are seen before they are cut. */
  public SortedSet<String> delayingSegmentation() {
    return active(Offloads::isSegmentation);
  }

  /** True if generic receive offload is on. */
  public boolean gro() {
    return isActive("rx-gro") || isActive("rx-gro-hw");
  }

  /** True if large receive offload is on. */
  public boolean lro() {
    return isActive("rx-lro");
  }

  /** True if the device cuts TCP segments, as {@code tcp-segmentation-offload} of ethtool. */
  public boolean tso() {
    return !active(name -> name.matches(TCP_SEGMENTATION)).isEmpty();
  }

  /** True if the kernel cuts segments late. */
  public boolean gso() {
    return isActive(GENERIC_SEGMENTATION);
  }

  /** True if the device takes the VLAN tag off received frames; libpcap puts it back. */
  public boolean vlanReceive() {
    return isActive("rx-vlan-hw-parse");
  }

  /**
   * What a recording would show that was not on the wire, a sentence for each; empty if nothing.
   *
   * @param received received frames are recorded
   * @param sent sent frames are recorded
   */
  public List<String> distortions(boolean received, boolean sent) {
    List<String> sentences = new ArrayList<>();
    SortedSet<String> merging = mergingReceived();
    if (received && !merging.isEmpty()) {
      sentences.add(
          "received frames can be merged by %s: sizes up to 64 KiB"
              .formatted(String.join(" and ", merging.stream().map(MERGING::get).toList())));
    }
    if (sent && !delayingSegmentation().isEmpty()) {
      sentences.add(
          "sent frames can be recorded before %s cuts them: sizes up to 64 KiB"
              .formatted(tso() ? "TSO" : "segmentation offload"));
    }
    return sentences;
  }

  /** True if the driver lets a feature be turned off; else it is {@code [fixed]}. */
  public boolean canBeTurnedOff(String name) {
    Feature feature = features.get(name);
    return feature != null && feature.available();
  }

  /** Those of {@link #mergingReceived} and {@link #delayingSegmentation} that are asked for. */
  SortedSet<String> distorting(boolean received, boolean sent) {
    SortedSet<String> names = new TreeSet<>();
    if (received) {
      names.addAll(mergingReceived());
    }
    if (sent) {
      names.addAll(delayingSegmentation());
    }
    return names;
  }

  /** True if it is wanted on, which it need not be. */
  boolean isRequested(String name) {
    Feature feature = features.get(name);
    return feature != null && feature.requested();
  }

  private static boolean isSegmentation(String name) {
    return name.matches(SEGMENTATION) && !name.equals(GENERIC_SEGMENTATION);
  }

  boolean isActive(String name) {
    Feature feature = features.get(name);
    return feature != null && feature.active();
  }

  private SortedSet<String> active(Predicate<String> which) {
    SortedSet<String> names = new TreeSet<>();
    features.forEach((name, feature) -> {
      if (feature.active() && which.test(name)) {
        names.add(name);
      }
    });
    return names;
  }
}
