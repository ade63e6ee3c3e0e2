package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Replays: made, held, changed, and what arrives of them. */
abstract class ReplaysPageCase extends PageCase {
  /** The address of guest a1. */
  private static final String A1 = "198.19.0.11";

  ReplaysPageCase(PageLab all) {
    super(all);
  }

  @Test
  void aReplayArrivesExactlyAsOftenAsItSays() throws IOException {
    String id = record("To be replayed", "icmp");
    page.waitForCondition(() -> figure(page.locator("[data-figure=written]")) >= 20);
    page.getByTestId("stop").click();
    assertThat(page.getByTestId("download")).hasCount(1);
    List<String> recorded = Judge.frames(List.of(onlySegment(id)), "");
    Path arrived = all.data.resolve("arrived.pcap");
    try (Veth veth = new Veth();
        Command tcpdump = veth.capture(arrived)) {
      page.getByTestId("replay-recording").click();
      PageLab.chooseInterface(page, Veth.NEAR, veth.near());
      page.getByTestId("replay-pace").selectOption("pps");
      page.getByTestId("replay-rate").fill("200");
      page.getByTestId("start-replay").click();
      assertThat(page.locator(".heading[data-replay] [data-state]")).hasText("done");
      Locator sent = page.locator("[data-testid=replay-report] [data-figure=sent]").first();
      assertThat(sent).hasText(String.format(Locale.ROOT, "%,d", recorded.size()));
      Await.until(
          "all to arrive",
          () ->
              Files.exists(arrived)
                  && Judge.frames(List.of(arrived), "").size() >= recorded.size());
      tcpdump.signal("INT");
      assertThat(tcpdump.await().status()).isZero();
      assertThat(Judge.frames(List.of(arrived), "")).isEqualTo(recorded);
    }
  }

  @Test
  void aReplayIsRewrittenHeldPlayedFasterAndTellsItsTimingErrors() throws IOException {
    String id = record("To be rewritten", "icmp");
    page.waitForCondition(() -> figure(page.locator("[data-figure=written]")) >= 20);
    page.getByTestId("stop").click();
    assertThat(page.getByTestId("download")).hasCount(1);
    Path arrived = all.data.resolve("rewritten.pcap");
    try (Veth veth = new Veth();
        Command tcpdump = veth.capture(arrived)) {
      go("replays");
      page.getByTestId("new-replay").click();
      page.getByTestId("replay-which").selectOption(id);
      PageLab.chooseInterface(page, Veth.NEAR, veth.near());
      page.getByTestId("replay-pace").selectOption("pps");
      page.getByTestId("replay-rate").fill("100");
      page.getByTestId("replay-loops").fill("0");
      page.getByText("Which packets").click();
      page.locator("dialog [name=limit]").fill("5");
      page.locator("dialog [name=from]").fill("yesterday");
      page.getByTestId("start-replay").click();
      assertThat(page.locator("dialog").getByTestId("problem")).containsText("From (UTC): Give");
      page.locator("dialog [name=from]").fill("2001-02-03 04:05");
      page.getByText("Rewriting").click();
      page.locator("dialog [name=vlan]").fill("add,id=7");
      page.getByText("Sending").click();
      page.getByTestId("replay-verify").check();
      page.getByTestId("start-replay").click();
      Locator state = page.locator(".heading[data-replay] [data-state]");
      assertThat(state).hasText("playing");
      Locator sent = page.locator("[data-testid=replay-report] [data-figure=sent]");
      page.waitForCondition(() -> figure(sent) > 50);
      assertThat(page.locator("[data-testid=timing-histogram] .bar")).not().hasCount(0);
      page.getByTestId("pause-replay").click();
      assertThat(state).hasText("paused");
      long held = figure(sent);
      page.getByTestId("change-pace").click();
      page.locator("dialog").getByTestId("replay-rate").fill("2000");
      page.getByTestId("save-pace").click();
      assertThat(page.locator("dialog")).hasCount(0);
      page.getByTestId("resume-replay").click();
      page.waitForCondition(() -> figure(sent) > held + 1000);
      assertThat(page.locator("main")).containsText("2,000 pps, for ever");
      assertThat(page.locator("main")).containsText("add,id=7");
      page.getByTestId("stop-replay").click();
      assertThat(state).hasText("stopped");
      assertThat(page.getByTestId("replay-proof")).containsText("sent");
      page.getByText("As a table").click();
      long counted = 0;
      for (Locator cell : page.locator("[data-testid=timing-table] td:nth-child(2)").all()) {
        counted += figure(cell);
      }
      long all = figure(sent);
      assertThat(counted).isEqualTo(all);
      Await.until(
          "all to arrive",
          () -> Files.exists(arrived) && Judge.frames(List.of(arrived), "vlan 7").size() >= all);
      tcpdump.signal("INT");
      assertThat(tcpdump.await().status()).isZero();
      assertThat(Judge.frames(List.of(arrived), "vlan 7")).hasSize((int) all);
    }
  }

  @Test
  void bothSidesGoOutByInterfacesOfTheirOwnForAsLongAsIsAsked() throws IOException {
    String id = record("Both sides", "icmp");
    page.waitForCondition(() -> figure(page.locator("[data-figure=written]")) >= 60);
    page.getByTestId("stop").click();
    assertThat(page.getByTestId("download")).hasCount(1);
    List<String> servers = new ArrayList<>();
    List<String> clients = new ArrayList<>();
    firstMillis(500, onlySegment(id), servers, clients);
    Path toServers = all.data.resolve("clients.pcap");
    Path toClients = all.data.resolve("servers.pcap");
    try (Veth veth = new Veth()) {
      veth.addPair("near1", "far1");
      try (Command ofClients = veth.capture(toServers);
          Command ofServers = veth.capture("far1", toClients)) {
        page.getByTestId("replay-recording").click();
        PageLab.chooseInterface(page, Veth.NEAR, veth.near());
        page.getByTestId("replay-pace").selectOption("pps");
        page.getByTestId("replay-rate").fill("500");
        page.getByText("Which packets").click();
        page.locator("dialog [name=duration]").fill("500ms");
        page.getByText("Sending").click();
        page.getByTestId("replay-server-interface").selectOption("near1");
        page.getByTestId("replay-sides").selectOption("servers");
        page.locator("dialog [name=sideAddresses]").fill(A1);
        page.getByTestId("start-replay").click();
        assertThat(page.locator(".heading[data-replay] [data-state]")).hasText("done");
        assertThat(page.locator("[data-testid=replay-report] [data-figure=sent]"))
            .hasText(Integer.toString(servers.size() + clients.size()));
        assertThat(page.getByLabel("What was asked for")).containsText("servers=" + A1);
        assertThat(page.getByLabel("What was asked for")).containsText("near1");
        arrived(ofClients, toServers, clients);
        arrived(ofServers, toClients, servers);
      }
    }
  }

  /** The frames of the first milliseconds: those that a1 sent, and those that it received. */
  private static void firstMillis(int millis, Path file, List<String> sent, List<String> received) {
    List<String> frames = Judge.frames(List.of(file), "");
    long[] times = Playing.times(List.of(file));
    for (int i = 0; i < times.length; i++) {
      if (times[i] - times[0] < millis * 1_000_000L) {
        // The source address of an IPv4 packet, after 14 bytes of Ethernet.
        boolean isSent = frames.get(i).startsWith("c613000b", 2 * (14 + 12));
        (isSent ? sent : received).add(frames.get(i));
      }
    }
    assertThat(sent).isNotEmpty();
    assertThat(received).isNotEmpty();
    assertThat(sent.size() + received.size()).isLessThan(times.length);
  }

  private static void arrived(Command tcpdump, Path file, List<String> frames) {
    Await.until("all to arrive", () -> Judge.frames(List.of(file), "").size() >= frames.size());
    tcpdump.signal("INT");
    assertThat(tcpdump.await().status()).isZero();
    assertThat(Judge.frames(List.of(file), "")).isEqualTo(frames);
  }
}
