package io.tapdeck.web.command;

import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.provisioner.ovsdb.OvsdbSession;
import io.tapdeck.provisioner.ovsdb.Row;
import io.tapdeck.provisioner.plan.SwitchView;
import io.tapdeck.replay.TargetGuard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Keeps replay off the bridge that carries copies, and off every bridge that has a mirror of ours,
 * with all their ports: what is sent there would be mirrored as if guests had sent it. The switches
 * are those whose daemon runs in the network namespace of the interface; their databases tell.
 */
final class MirrorGuard implements TargetGuard {
  /** The bridge that carries copies, ours alone. */
  private static final String COPIES = "brtap";

  private static final Path PROCESSES = Path.of("/proc");
  private static final Path OWN_NAMESPACE = Path.of("/proc/thread-self/ns/net");
  private static final String DAEMON = "ovs-vswitchd";
  private static final String DEFAULT_DATABASE = "/var/run/openvswitch/db.sock";
  private static final Duration CONNECT = Duration.ofSeconds(1);

  @Override
  public Optional<String> objection(String interfaceName) {
    if (interfaceName.equals(COPIES)) {
      return Optional.of(interfaceName + " is the bridge that carries mirrored traffic");
    }
    return databases().stream()
        .map(database -> objection(interfaceName, database))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> objection(String interfaceName, Path database) {
    AtomicReference<SwitchView> view = new AtomicReference<>();
    try (OvsdbSession session = OvsdbSession.open(new Endpoint.Unix(database), CONNECT)) {
      session.monitor(
          "Open_vSwitch", SwitchView.COLUMNS, replica -> view.set(new SwitchView(replica)));
    } catch (IOException gone) {
      return Optional.empty();
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    return objection(interfaceName, view.get());
  }

  /** Whether an interface is on a bridge that it must not be on. */
  static Optional<String> objection(String interfaceName, SwitchView view) {
    Set<String> mirrored =
        view.mirrors().stream()
            .filter(SwitchView.BridgeMirror::isOurs)
            .map(mirror -> mirror.bridge().text("name"))
            .collect(Collectors.toSet());
    for (SwitchView.BridgePort port : view.ports().values()) {
      String bridge = port.bridgeName();
      if (isOf(port, interfaceName)) {
        if (bridge.equals(COPIES)) {
          return Optional.of(
              interfaceName + " is a port of " + COPIES + ", which carries mirrored traffic");
        }
        if (mirrored.contains(bridge)) {
          return Optional.of(
              interfaceName
                  + (interfaceName.equals(bridge)
                      ? " is a bridge that is being mirrored"
                      : " is a port of " + bridge + ", which is being mirrored"));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isOf(SwitchView.BridgePort port, String interfaceName) {
    return port.interfaces().stream()
        .map((Row row) -> row.text("name"))
        .anyMatch(interfaceName::equals);
  }

  /** The database sockets of the switches in the calling thread's network namespace. */
  private static Set<Path> databases() {
    Set<Path> databases = new TreeSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[1-9]*")) {
      Path own = Files.readSymbolicLink(OWN_NAMESPACE);
      for (Path process : processes) {
        database(process, own).ifPresent(databases::add);
      }
    } catch (IOException | DirectoryIteratorException untold) {
      return databases;
    }
    return databases;
  }

  /** Where a process has its database, if it is a switch of that namespace. */
  private static Optional<Path> database(Path process, Path namespace) {
    try {
      if (!text(process.resolve("comm")).strip().equals(DAEMON)
          || !Files.readSymbolicLink(process.resolve("ns/net")).equals(namespace)) {
        return Optional.empty();
      }
      String socket =
          Arrays.stream(text(process.resolve("cmdline")).split("\0", -1))
              .filter(word -> word.startsWith("unix:"))
              .map(word -> word.substring("unix:".length()))
              .findFirst()
              .orElse(DEFAULT_DATABASE);
      return Optional.of(Path.of(socket));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
