package io.tapdeck.web.lab;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Users, their tokens, what they may do, and the audit of what they did. */
abstract class PeoplePageCase extends PageCase {
  PeoplePageCase(PageLab all) {
    super(all);
  }

  @Test
  void aTokenIsShownOnceAndLetsAProgramReadTheFigures() {
    String id = record("Counted", "icmp");
    page.getByTestId("stop").click();
    assertThat(page.locator("[data-state]").first()).hasText("ended");
    long received = figure(page.locator("[data-figure=received]"));
    go("tokens");
    assertThat(page.getByText("There are no API tokens.")).isVisible();
    page.getByTestId("new-token").click();
    page.locator("dialog [name=name]").fill("watcher");
    page.getByTestId("scope").selectOption("viewer");
    page.getByTestId("save-token").click();
    String secret = page.getByTestId("secret").inputValue();
    page.getByTestId("secret-dialog")
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Close"))
        .click();
    assertThat(page.locator("tr[data-token=watcher]")).containsText("never");
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(get(client, "/metrics", secret).body())
          .contains(
              "tapdeck_recording_received_frames_total{name=\"Counted\",recording=\"%s\"} %s\n"
                  .formatted(id, (double) received),
              "tapdeck_recording_state{name=\"Counted\",recording=\"%s\",state=\"ended\"} 1.0\n"
                  .formatted(id),
              "tapdeck_copies_delivered_total{name=\"deck\",",
              "tapdeck_tap_flow_state{name=\"guest-a1\",");
      assertThat(get(client, "/api/v1/audit", secret).statusCode()).isEqualTo(403);
      page.getByTestId("delete-token").click();
      page.getByTestId("confirm").click();
      assertThat(page.locator("tr[data-token=watcher]")).hasCount(0);
      assertThat(get(client, "/metrics", secret).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void anAnalystDownloadsAndPlaysWhereThatIsAllowedAndTheAuditSaysSo() throws IOException {
    String id = record("For the analyst", "icmp");
    page.waitForCondition(() -> figure(page.locator("[data-figure=written]")) >= 5);
    page.getByTestId("stop").click();
    assertThat(page.getByTestId("download")).hasCount(1);
    try (Veth veth = new Veth();
        BrowserContext other = all.browser.newContext()) {
      go("users");
      page.getByTestId("new-user").click();
      page.locator("dialog [name=user]").fill("ina");
      page.getByTestId("role").selectOption("analyst");
      page.locator("dialog [type=password]").fill(PageLab.PASSWORD);
      page.getByTestId("save-user").click();
      assertThat(page.locator("tr[data-user=ina]")).containsText("analyst");
      assertThat(page.getByTestId("targets")).containsText("analysts cannot replay");
      page.getByTestId("new-target").click();
      PageLab.chooseInterface(page, Veth.NEAR, veth.near());
      page.getByTestId("save-target").click();
      assertThat(page.getByTestId("targets")).containsText(veth.near());

      other.setDefaultTimeout(PageLab.PATIENCE);
      Page hers = watched(other.newPage());
      all.signIn(hers, "ina");
      hers.navigate(all.appliance.address() + "/#/recordings/" + id);
      Download download = hers.waitForDownload(() -> hers.getByTestId("download").click());
      assertThat(Files.mismatch(download.path(), onlySegment(id))).isEqualTo(-1);
      assertThat(hers.getByTestId("protect")).hasAttribute("aria-disabled", "true");
      hers.getByTestId("replay-recording").click();
      PageLab.chooseInterface(hers, Veth.NEAR, veth.near());
      assertThat(hers.locator("[data-testid=interface] option:not([disabled])")).hasCount(2);
      hers.getByTestId("replay-pace").selectOption("topspeed");
      hers.getByTestId("start-replay").click();
      assertThat(hers.locator("[data-replay] [data-state]").first()).hasText("done");

      page.getByTestId("remove-target").click();
      assertThat(page.getByTestId("targets")).containsText("analysts cannot replay");
      go("audit");
      Locator hersOnRecord =
          page.locator("tr[data-entry]", new Page.LocatorOptions().setHasText("ina"));
      String file = "GET /api/v1/recordings/" + id + "/segments/1/file";
      assertThat(hersOnRecord.filter(having(file)).filter(having("begun"))).hasCount(1);
      assertThat(hersOnRecord.filter(having(file)).filter(having("done 200"))).hasCount(1);
      assertThat(hersOnRecord.filter(having("PUT /api/v1/replays/")).filter(having("done 201")))
          .hasCount(1);
      Download table = page.waitForDownload(() -> page.getByTestId("export-audit").click());
      assertThat(Files.readString(table.path())).contains(",ina,,127.0.0.1,GET,", ",done,200");
    }
  }

  private HttpResponse<String> get(HttpClient client, String path, String secret) {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create(all.appliance.address() + path))
              .header("Authorization", "Bearer " + secret)
              .build(),
          BodyHandlers.ofString());
    } catch (IOException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static Locator.FilterOptions having(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }
}
