package io.tapdeck.capture.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkNamespaceTest {
  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "../x", "a\nb", "a\0"})
  void aNameThatIsNotOnePathComponentIsRefused(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new NetworkNamespace(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "...", "..a", ".a", "with space", "été"})
  void anyOtherNameIsTaken(String name) {
    assertThat(new NetworkNamespace(name).name()).isEqualTo(name);
  }

  @Test
  void anErrorNumberHasTheTextOfTheCLibrary() {
    assertThat(Errno.text(Errno.ENODEV)).isEqualTo("No such device");
  }

  @Test
  void aNamespaceThatDoesNotExistIsSaidSo() {
    assertThatThrownBy(() -> new NetworkNamespace("tdc-none").call(() -> 1))
        .isInstanceOfSatisfying(
            OsException.class, failed -> assertThat(failed.errno()).isEqualTo(Errno.ENOENT))
        .hasMessage("open network namespace tdc-none: No such file or directory");
  }

  @Test
  @Tag("lab")
  void insideANamespaceSocketsAndSysfsAreItsOwn() throws Exception {
    String name = "tdc-ns" + ProcessHandle.current().pid();
    run("ip", "netns", "add", name);
    try {
      run("ip", "-n", name, "link", "add", "tdc-only", "type", "veth");
      boolean[] seen =
          new NetworkNamespace(name)
              .call(() ->
                  new boolean[] {
                    interfacesOfThisThread().contains("tdc-only:"),
                    Files.exists(Path.of("/sys/class/net/tdc-only/operstate"))
                  });
      assertThat(seen).containsExactly(true, true);
      assertThat(interfacesOfThisThread()).doesNotContain("tdc-only:");
      try (Stream<Path> outside = Files.list(Path.of("/sys/class/net"))) {
        assertThat(outside.map(path -> path.getFileName().toString())).doesNotContain("tdc-only");
      }
    } finally {
      run("ip", "netns", "del", name);
    }
  }

  private static String interfacesOfThisThread() throws IOException {
    return Files.readString(Path.of("/proc/thread-self/net/dev"));
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }
}
