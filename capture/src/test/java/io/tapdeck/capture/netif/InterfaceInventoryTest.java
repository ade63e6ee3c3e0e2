package io.tapdeck.capture.netif;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.os.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** With real interfaces in real namespaces. */
class InterfaceInventoryTest {
  private static final Path NAMESPACES = Path.of("/run/netns");

  private final String prefix = "tdi" + ProcessHandle.current().pid();
  private final List<String> added = new ArrayList<>();

  @AfterEach
  void removeNamespaces() throws Exception {
    for (String netns : added) {
      run("ip", "netns", "del", netns);
    }
  }

  private String add(String suffix) throws Exception {
    String netns = prefix + suffix;
    run("ip", "netns", "add", netns);
    added.add(netns);
    return netns;
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  private static void ip(String netns, String words) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip", "-n", netns));
    command.addAll(List.of(words.split(" ")));
    run(command.toArray(String[]::new));
  }

  private static List<InterfaceDescription> in(InterfaceInventory inventory, String netns) {
    return inventory.interfaces().stream()
        .filter(found -> found.netns().equals(Optional.of(netns)))
        .toList();
  }

  private static InterfaceDescription find(
      InterfaceInventory inventory, String netns, String name) {
    return in(inventory, netns).stream()
        .filter(found -> found.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String mac(String netns, String name) throws Exception {
    return new NetworkNamespace(netns)
        .call(() -> Files.readString(Path.of("/sys/class/net", name, "address")).strip());
  }

  @Test
  void theLoopbackOfWhoAsksIsDescribed() throws Exception {
    InterfaceInventory inventory = InterfaceInventory.take();
    InterfaceDescription lo =
        inventory.interfaces().stream()
            .filter(found -> found.name().equals("lo") && found.netns().isEmpty())
            .findFirst()
            .orElseThrow();
    assertThat(lo)
        .isEqualTo(
            new InterfaceDescription(
                "lo",
                Optional.empty(),
                InterfaceKind.LOOPBACK,
                true,
                true,
                "00:00:00:00:00:00",
                65536,
                Optional.empty(),
                Optional.empty(),
                lo.addresses(),
                Optional.empty()));
    assertThat(lo.addresses()).contains("127.0.0.1/8");
  }

  @Test
  @Tag("lab")
  void everyInterfaceOfANamespaceIsThereAndNothingElse() throws Exception {
    String netns = add("all");
    ip(netns, "link add name a type veth peer name b");
    Set<String> expected = new TreeSet<>();
    InterfaceInventory inside =
        new NetworkNamespace(netns)
            .call(() -> {
              try (Stream<Path> links = Files.list(Path.of("/sys/class/net"))) {
                links
                    .filter(Files::isDirectory)
                    .forEach(link -> expected.add(link.getFileName().toString()));
              }
              return InterfaceInventory.take();
            });
    assertThat(expected).contains("a", "b", "lo");
    assertThat(inside.interfaces())
        .filteredOn(found -> found.netns().isEmpty())
        .extracting(InterfaceDescription::name)
        .containsExactlyElementsOf(expected);
    assertThat(in(InterfaceInventory.take(), netns))
        .extracting(InterfaceDescription::name)
        .containsExactlyElementsOf(expected);
  }

  @Test
  @Tag("lab")
  void whatAnInterfaceIsAndHasIsTold() throws Exception {
    String netns = add("veth");
    String other = add("peer");
    ip(netns, "link add near mtu 1400 type veth peer name far netns " + other);
    ip(netns, "addr add 192.0.2.1/24 dev near");
    ip(netns, "addr add 2001:db8::1/48 dev near nodad");
    ip(netns, "link set near up addrgenmode none");
    InterfaceDescription expected =
        new InterfaceDescription(
            "near",
            Optional.of(netns),
            InterfaceKind.VETH,
            true,
            false,
            mac(netns, "near"),
            1400,
            Optional.of(10_000L),
            Optional.of("veth"),
            List.of("192.0.2.1/24", "2001:db8::1/48"),
            Optional.empty());
    assertThat(find(InterfaceInventory.take(), netns, "near")).isEqualTo(expected);
    InterfaceDescription far = find(InterfaceInventory.take(), other, "far");
    assertThat(far.up()).isFalse();
    assertThat(far.carrier()).isFalse();
    ip(other, "link set far up");
    assertThat(find(InterfaceInventory.take(), netns, "near").carrier()).isTrue();
  }

  @Test
  @Tag("lab")
  void kindsAreToldApart() throws Exception {
    String netns = add("kind");
    UUID service = UUID.randomUUID();
    ip(netns, "link add name br type bridge");
    ip(netns, "tuntap add dev vm mode tap");
    ip(netns, "tuntap add dev tun mode tun");
    ip(netns, "link add tap-0 type veth peer name tpv-0");
    for (String end : List.of("tap-0", "tpv-0")) {
      run("ip", "-n", netns, "link", "set", end, "alias", "tapdeck tap-service " + service);
    }
    InterfaceInventory inventory = InterfaceInventory.take();
    assertThat(find(inventory, netns, "br").kind()).isEqualTo(InterfaceKind.BRIDGE);
    assertThat(find(inventory, netns, "vm").kind()).isEqualTo(InterfaceKind.TUN);
    assertThat(find(inventory, netns, "tun").kind()).isEqualTo(InterfaceKind.TUN);
    assertThat(find(inventory, netns, "tun").mac()).isEmpty();
    assertThat(find(inventory, netns, "tap-0").kind()).isEqualTo(InterfaceKind.TAP);
    assertThat(find(inventory, netns, "tap-0").tapService()).contains(service);
    assertThat(find(inventory, netns, "tpv-0").kind()).isEqualTo(InterfaceKind.VETH);
    assertThat(find(inventory, netns, "tpv-0").tapService()).isEmpty();
  }

  @Test
  @Tag("lab")
  void aNamespaceThatCannotBeEnteredDoesNotSpoilTheRest() throws Exception {
    // Between the two others by name. It is a namespace, but none of networks.
    String before = add("a");
    Path broken = Files.createFile(NAMESPACES.resolve(prefix + "b"));
    String after = add("c");
    try {
      run("mount", "--bind", "/proc/self/ns/uts", broken.toString());
      InterfaceInventory inventory = InterfaceInventory.take();
      assertThat(in(inventory, before)).isNotEmpty();
      assertThat(in(inventory, after)).isNotEmpty();
      assertThat(inventory.unseen())
          .contains(
              new InterfaceInventory.Unseen(
                  Optional.of(prefix + "b"),
                  "open network namespace " + prefix + "b: Invalid argument"));
      run("umount", broken.toString());
      // An empty file is none at all.
      assertThat(InterfaceInventory.take().unseen())
          .extracting(InterfaceInventory.Unseen::netns)
          .doesNotContain(Optional.of(prefix + "b"));
    } finally {
      Files.delete(broken);
    }
  }

  @Test
  @Tag("lab")
  void namespacesThatComeAndGoMeanwhileAreNoFailure() throws Exception {
    String stays = add("stays");
    Process churn =
        new ProcessBuilder(
                "sh",
                "-c",
                "trap stop=1 TERM; while [ -z \"$stop\" ]; do ip netns add $0; ip netns del $0;"
                    + " done",
                prefix + "churn")
            .inheritIO()
            .start();
    try {
      boolean seen = false;
      for (int i = 0; i < 100 || (!seen && i < 10_000); i++) {
        InterfaceInventory inventory = InterfaceInventory.take();
        assertThat(inventory.unseen())
            .filteredOn(missing -> missing.netns().equals(Optional.of(prefix + "churn")))
            .isEmpty();
        assertThat(in(inventory, stays)).isNotEmpty();
        seen |= !in(inventory, prefix + "churn").isEmpty();
      }
      assertThat(seen).isTrue();
    } finally {
      // The shell ends after a round.
      churn.destroy();
      churn.waitFor();
    }
  }

  /** One would keep a deleted namespace, and the interfaces in it, for as long as it lives. */
  @Test
  @Tag("lab")
  void noThreadIsLeftInANamespaceThatWasLookedInto() throws Exception {
    String netns = add("left");
    assertThat(in(InterfaceInventory.take(), netns)).isNotEmpty();
    Path id = NAMESPACES.resolve(netns);
    String inode = "net:[" + Files.getAttribute(id, "unix:ino") + "]";
    // The thread that looked gives its answer, and then ends.
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (namespacesOfThreads().contains(inode) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(namespacesOfThreads()).isNotEmpty().doesNotContain(inode);
  }

  private static List<String> namespacesOfThreads() throws IOException {
    List<String> namespaces = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        try {
          namespaces.add(Files.readSymbolicLink(task.resolve("ns/net")).toString());
        } catch (NoSuchFileException ended) {
          // A thread that has ended is in no namespace.
        }
      }
    }
    return namespaces;
  }
}
