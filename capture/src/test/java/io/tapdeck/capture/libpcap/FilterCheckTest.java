package io.tapdeck.capture.libpcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the real libpcap. */
class FilterCheckTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "tcp port 443",
        "port https",
        "vlan 5 and udp",
        "outbound",
        "host 10.0.0.1 or ip6 net fd00::/8",
        "ether host 52:54:00:00:00:01"
      })
  void aFilterIsGood(String expression) throws Exception {
    assertThat(FilterCheck.check(expression)).isEqualTo(new FilterVerdict.Good());
    assertThat(FilterCheck.checkBriefly(expression)).isEqualTo(new FilterVerdict.Good());
  }

  @Test
  void aBadFilterIsRefusedInLibpcapsOwnWords() throws Exception {
    // The words are not the same in every version.
    assertThat(words("tcp port")).endsWith("syntax error");
    assertThat(words("port nosuchservice")).contains("nosuchservice");
    assertThat(words("tcp and udp")).contains("rejects all packets");
  }

  private static String words(String expression) throws Exception {
    return ((FilterVerdict.Wrong) FilterCheck.checkBriefly(expression)).words();
  }

  @Test
  void whatIsBehindANulIsNotOverlooked() throws Exception {
    assertThat(FilterCheck.check("tcp\0nonsense")).isInstanceOf(FilterVerdict.Wrong.class);
  }

  @Test
  void anExpressionIsMeasuredInBytes() throws Exception {
    String longest = "tcp" + " ".repeat(FilterCheck.LONGEST - 3);
    assertThat(FilterCheck.check(longest)).isEqualTo(new FilterVerdict.Good());
    assertThat(FilterCheck.check(longest + " "))
        .isEqualTo(new FilterVerdict.Wrong("longer than 4096 bytes: make it shorter"));
    assertThat(FilterCheck.check("ü".repeat(FilterCheck.LONGEST / 2 + 1)))
        .isEqualTo(new FilterVerdict.Wrong("longer than 4096 bytes: make it shorter"));
  }

  @Test
  void whatTheKernelWouldNotTakeIsWrong() throws Exception {
    assertThat(words("ip protochain 6 or ".repeat(200) + "tcp"))
        .contains("instructions, the kernel at most 4096");
  }

  /** Its resolver asks a name server that never answers. */
  @Test
  @Tag("lab")
  void aNameServerThatDoesNotAnswerHoldsNobodyUp() throws Exception {
    String netns = "tdc-dns" + ProcessHandle.current().pid();
    Path resolver = Path.of("/etc/netns", netns);
    run("ip", "netns", "add", netns);
    try {
      run("ip", "-n", netns, "link", "add", "void", "type", "veth", "peer", "name", "deaf");
      run("ip", "-n", netns, "link", "set", "deaf", "up", "arp", "off");
      run("ip", "-n", netns, "addr", "add", "198.18.0.1/24", "dev", "void");
      run("ip", "-n", netns, "link", "set", "void", "up", "arp", "off");
      Files.createDirectories(resolver);
      var _ =
          Files.writeString(
              resolver.resolve("resolv.conf"),
              "nameserver 198.18.0.2\noptions timeout:10 attempts:1\n");
      Path out = directory.resolve("out");
      Process process =
          new ProcessBuilder(
                  "ip",
                  "netns",
                  "exec",
                  netns,
                  ProcessHandle.current().info().command().orElseThrow(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  FilterCheckTest.class.getName())
              .redirectOutput(out.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(out, StandardCharsets.UTF_8))
          .isEqualTo(
              """
              Good[]
              Undecided[why=not checked within 2 s: give addresses instead of host names, or make it shorter]
              in time
              Undecided[why=other filters are still being checked: try again later]
              """);
    } finally {
      run("ip", "netns", "del", netns);
      Files.deleteIfExists(resolver.resolve("resolv.conf"));
      Files.deleteIfExists(resolver);
    }
  }

  /** What the test with the silent name server runs. */
  public static void main(String[] none) throws Exception {
    System.out.println(FilterCheck.checkBriefly("host 198.18.0.9"));
    long start = System.nanoTime();
    System.out.println(FilterCheck.checkBriefly("host name.example"));
    System.out.println(
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) < 2500 ? "in time" : "late");
    // Four are at work then, the first one included.
    Thread[] others = new Thread[3];
    for (int i = 0; i < others.length; i++) {
      others[i] =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  var _ = FilterCheck.checkBriefly("host name.example");
                } catch (Exception failed) {
                  throw new IllegalStateException(failed);
                }
              });
    }
    for (Thread other : others) {
      other.join();
    }
    System.out.println(FilterCheck.checkBriefly("tcp"));
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }
}
