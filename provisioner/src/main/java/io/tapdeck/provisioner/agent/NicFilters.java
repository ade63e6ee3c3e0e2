package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.plan.TapNic;
import io.tapdeck.provisioner.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the system that a tap NIC is in from hearing what comes by it, and from sending by it, with
 * a table of nft(8) for each NIC. Through a physical NIC copies are sent, so it is only deaf.
 */
final class NicFilters {
  private static final Logger LOG = LoggerFactory.getLogger(NicFilters.class);
  private static final String TABLE_PREFIX = "tapdeck-";

  /** Names that nft takes as they are. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]+");

  private final boolean hasNft;

  NicFilters() throws InterruptedException {
    hasNft = hasNft();
    if (!hasNft) {
      LOG.warn(
          "nft is missing: tap NICs are kept silent by their own settings only; install nftables");
    }
  }

  private static boolean hasNft() throws InterruptedException {
    try {
      return Command.of("nft", "--version").run().status() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  /** Whether a NIC has its filter, as far as it can have one. */
  boolean isRight(TapNic nic) throws IOException, InterruptedException {
    return !canFilter(nic) || isFiltered(nic);
  }

  /** Those of the NICs whose tables are gone: one question for each namespace. */
  List<TapNic> withoutTable(Collection<TapNic> nics) throws InterruptedException {
    Map<Optional<String>, List<TapNic>> byNetns =
        nics.stream().filter(this::canFilter).collect(Collectors.groupingBy(TapNic::netns));
    List<TapNic> without = new ArrayList<>();
    for (Map.Entry<Optional<String>, List<TapNic>> one : byNetns.entrySet()) {
      Set<String> there = new HashSet<>();
      try {
        there.addAll(tables(one.getKey()));
      } catch (IOException failed) {
        LOG.debug("filters: {}", failed.getMessage());
      }
      for (TapNic nic : one.getValue()) {
        if (!there.contains(TABLE_PREFIX + nic.name())) {
          without.add(nic);
        }
      }
    }
    return without;
  }

  private static List<String> tables(Optional<String> netns)
      throws IOException, InterruptedException {
    Command list = Command.of("nft", "list", "tables", "netdev");
    String tables = netns.map(list::inNetns).orElse(list).demand();
    return tables.lines().map(line -> line.substring(line.lastIndexOf(' ') + 1).strip()).toList();
  }

  private boolean canFilter(TapNic nic) {
    return hasNft && PLAIN.matcher(nic.name()).matches();
  }

  /** Sets a NIC's filter. */
  void set(TapNic nic) throws IOException, InterruptedException {
    if (canFilter(nic)) {
      filter(nic);
    }
  }

  private static boolean isFiltered(TapNic nic) throws IOException, InterruptedException {
    Command list = Command.of("nft", "list", "table", "netdev", TABLE_PREFIX + nic.name());
    Command.Output output = nic.netns().map(list::inNetns).orElse(list).run();
    return output.status() == 0
        && output.out().contains("hook ingress device \"" + nic.name() + "\"")
        && output.out().contains("policy drop");
  }

  private static void filter(TapNic nic) throws IOException, InterruptedException {
    String table = TABLE_PREFIX + nic.name();
    String deaf = chain("deaf", "ingress", nic);
    if (nic.kind() == TapNic.Kind.PHYSICAL && load(table, deaf, nic)) {
      return;
    }
    // The egress hook is newer than the ingress hook (Linux 5.16).
    if (!load(table, deaf + chain("mute", "egress", nic), nic) && !load(table, deaf, nic)) {
      throw new IOException("nft cannot filter tap NIC " + nic.name());
    }
  }

  private static String chain(String name, String hook, TapNic nic) {
    return "  chain "
        + name
        + " { type filter hook "
        + hook
        + " device \""
        + nic.name()
        + "\" priority -500; policy drop; }\n";
  }

  private static boolean load(String table, String chains, TapNic nic)
      throws IOException, InterruptedException {
    String script =
        "table netdev "
            + table
            + " {}\ndelete table netdev "
            + table
            + "\ntable netdev "
            + table
            + " {\n"
            + chains
            + "}\n";
    Command command = Command.of("nft", "-f", "-").withInput(script);
    Command.Output output = nic.netns().map(command::inNetns).orElse(command).run();
    if (output.status() != 0) {
      LOG.debug("nft: {}", output.err());
    }
    return output.status() == 0;
  }

  /**
   * Removes the filters of NICs that are not planned.
   *
   * @param namespaces where to look, beside the host
   * @return whether none is left
   */
  boolean removeOthers(List<TapNic> planned, Set<String> namespaces) throws InterruptedException {
    if (!hasNft) {
      return true;
    }
    boolean gone = removeTables(Optional.empty(), planned);
    for (String netns : namespaces) {
      // A namespace that is gone took its filters along.
      if (Files.exists(Path.of("/run/netns", netns))) {
        gone &= removeTables(Optional.of(netns), planned);
      }
    }
    return gone;
  }

  private static boolean removeTables(Optional<String> netns, List<TapNic> planned)
      throws InterruptedException {
    Set<String> kept = new HashSet<>();
    for (TapNic nic : planned) {
      if (nic.netns().equals(netns)) {
        kept.add(TABLE_PREFIX + nic.name());
      }
    }
    try {
      boolean gone = true;
      for (String table : tables(netns)) {
        if (table.startsWith(TABLE_PREFIX) && !kept.contains(table)) {
          Command delete = Command.of("nft", "delete", "table", "netdev", table);
          gone &= TapNics.removed(netns.map(delete::inNetns).orElse(delete));
        }
      }
      return gone;
    } catch (IOException failed) {
      LOG.debug("filters: {}", failed.getMessage());
      return false;
    }
  }
}
