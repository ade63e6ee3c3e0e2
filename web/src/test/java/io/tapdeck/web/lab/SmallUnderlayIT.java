package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Between hosts whose link takes no longer packets than the guests': nothing vanishes uncounted.
 */
@Tag("lab")
class SmallUnderlayIT {
  private static final int EACH = 100;

  /** A frame whose copy fills the link: 1,500 bytes without the tunnel's IP and GRE headers. */
  private static final int LONGEST = 1500 - 28;

  private static final Pattern UNFIT = Pattern.compile("packet_in_count:(\\d+)");

  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @BeforeAll
  static void up() {
    lab = Lab.upOverMtu(1500);
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  @AfterEach
  void forgetMirrors() {
    lab.forgetMirrors();
  }

  @Test
  void whatDoesNotFitIsCutAndCounted() {
    List<Numbered.Seen> seen = record("");
    assertThat(seen).filteredOn(frame -> frame.kind().equals("unicast")).hasSize(EACH);
    assertThat(seen)
        .filteredOn(frame -> frame.kind().equals("full"))
        .hasSize(EACH)
        .allSatisfy(frame -> assertThat(frame.captured()).isEqualTo(LONGEST));
    assertThat(unfit()).isEqualTo(EACH);
  }

  @Test
  void whatIsNotToBeCutIsDroppedAndCounted() {
    List<Numbered.Seen> seen = record(" --no-fit");
    assertThat(seen).filteredOn(frame -> frame.kind().equals("unicast")).hasSize(EACH);
    assertThat(seen).noneMatch(frame -> frame.kind().equals("full"));
    assertThat(unfit()).isEqualTo(EACH);
  }

  private List<Numbered.Seen> record(String options) {
    String nic = lab.activeService("deck", "host", "host-b").get("nic").asText();
    lab.flow("flow", "--tap-id deck --type vnic --guest-id a1" + options);
    try (Recording recording = Recording.start(lab, "host-b", nic, directory)) {
      String traffic = "traffic kinds a1 b1 --kinds unicast,full --pps 1000 --series 1 --count ";
      lab.lab((traffic + 2 * EACH).split(" ", -1));
      lab.awaitQuiet("host-b", nic);
      return Numbered.of(recording.stop().files(), 1);
    }
  }

  /** Copies that were too long for their way, as host-a counts them. */
  private static long unfit() {
    String meters =
        lab.exec("host-a", "ovs-ofctl", "--protocols=OpenFlow14", "meter-stats", "brtap").out();
    return UNFIT.matcher(meters).results().mapToLong(found -> Long.parseLong(found.group(1))).sum();
  }
}
