package io.tapdeck.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.replay.rewrite.MacPair;
import io.tapdeck.replay.rewrite.RewriteSettings;
import io.tapdeck.replay.rewrite.SideSplit;
import io.tapdeck.replay.rewrite.UniqueAddresses;
import org.junit.jupiter.api.Test;

class ReplayOutputOptionsTest {
  private static final String PAIR = "02:00:00:00:00:01,02:00:00:00:00:02";

  private static SideSplit split(RewriteSettings.Builder rewriting) {
    return new ReplayOutputOptions().split(rewriting.build());
  }

  @Test
  void withOneInterfaceEverybodyIsAClient() {
    assertThat(split(RewriteSettings.builder())).isEqualTo(new SideSplit.None());
    assertThat(split(RewriteSettings.builder().unique(UniqueAddresses.parse("all"))))
        .isEqualTo(new SideSplit.None());
    assertThat(split(RewriteSettings.builder().sourceMac(MacPair.parse("02:00:00:00:00:01"))))
        .isEqualTo(new SideSplit.None());
  }

  @Test
  void sidesAreToldApartWhereRewritingDiffersForThem() {
    assertThat(split(RewriteSettings.builder().unique(UniqueAddresses.parse("clients"))))
        .isEqualTo(new SideSplit.Automatic());
    assertThat(split(RewriteSettings.builder().sourceMac(MacPair.parse(PAIR))))
        .isEqualTo(new SideSplit.Automatic());
    assertThat(split(RewriteSettings.builder().destinationMac(MacPair.parse(PAIR))))
        .isEqualTo(new SideSplit.Automatic());
  }
}
