package io.tapdeck.replay.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.replay.proof.Verdict.Arrivals;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void oneFrameIsSpokenOfAsOne() {
    assertThat(verdict(1, new InterfaceCounters(1, 0, 0, 0, 0), arrivals(1, 0, 0, 0)).sentences())
        .containsExactly(
            "eth0 counted 1 frame sent, as many as the kernel accepted.",
            "The frame arrived at eth1@far, in order.");
    assertThat(verdict(2, new InterfaceCounters(2, 0, 0, 0, 0), arrivals(1, 1, 0, 0)).sentences())
        .contains("Of 2 frames 1 arrived at eth1@far, 1 is missing in one place.");
  }

  @Test
  void whatTheCaptureDroppedMayHaveArrived() {
    Verdict verdict =
        verdict(5_000, new InterfaceCounters(5_000, 0, 0, 0, 0), arrivals(4_000, 1_000, 900, 0));
    assertThat(verdict.arrivals().orElseThrow().conclusive()).isFalse();
    assertThat(verdict.proven()).isFalse();
    assertThat(verdict.sentences())
        .contains(
            "Of 5,000 frames 4,000 were seen at eth1@far. The watching itself could not keep up:"
                + " its capture dropped 900 frames, and 0 it did not compare; 100 frames more are"
                + " missing, and of the order nothing is known.");
  }

  @Test
  void whereTheWatchingLostAllThatIsMissingNoLossIsTold() {
    Verdict verdict =
        verdict(5_000, new InterfaceCounters(5_000, 0, 0, 0, 0), arrivals(4_000, 1_000, 1_000, 0));
    assertThat(verdict.proven()).isFalse();
    assertThat(verdict.sentences())
        .contains(
            "Of 5,000 frames 4,000 were seen at eth1@far. The watching itself could not keep up:"
                + " its capture dropped 1,000 frames, and 0 it did not compare; no loss is proven,"
                + " and of the order nothing is known.");
  }

  @Test
  void whatTheInterfaceItselfDroppedIsTold() {
    assertThat(verdict(10, new InterfaceCounters(8, 1, 1, 0, 0), arrivals(8, 2, 0, 3)).sentences())
        .containsExactly(
            "eth0 counted 8 frames sent, 2 fewer than the kernel accepted; it dropped 1; 1 failed.",
            "Of 10 frames 8 arrived at eth1@far, 2 are missing in one place.",
            "eth1@far itself dropped 3 frames.");
  }

  @Test
  void whenTheReceiverFailedNothingIsProven() {
    Verdict verdict =
        new Verdict(
            "eth0",
            10,
            Optional.of(new InterfaceCounters(10, 0, 0, 0, 0)),
            Optional.empty(),
            Optional.of("The interface disappeared"));
    assertThat(verdict.proven()).isFalse();
    assertThat(verdict.sentences())
        .contains("What arrived is not known: The interface disappeared.");
  }

  private static Verdict verdict(long sent, InterfaceCounters counted, Arrivals arrivals) {
    return new Verdict("eth0", sent, Optional.of(counted), Optional.of(arrivals), Optional.empty());
  }

  private static Arrivals arrivals(long arrived, long missing, long dropped, long rxDropped) {
    return new Arrivals(
        "eth1@far",
        arrived,
        missing,
        missing > 0 ? 1 : 0,
        0,
        0,
        0,
        dropped,
        0,
        Optional.of(new InterfaceCounters(0, 0, 0, arrived, rxDropped)));
  }
}
