package io.tapdeck.capture.recording;

import io.tapdeck.capture.pcap.PcapngInterface;
import io.tapdeck.capture.pcap.PcapngSection;
import io.tapdeck.capture.segment.PcapLayout;
import io.tapdeck.capture.segment.PcapngLayout;
import io.tapdeck.capture.segment.SegmentLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How a recording's segments are laid out, which changes with what its interfaces are. */
final class Layouts {
  private final RecordingSettings settings;

  Layouts(RecordingSettings settings) {
    this.settings = settings;
  }

  SegmentLayout of(List<? extends FrameSource> sources) {
    return switch (settings.format()) {
      case PCAP ->
          new PcapLayout(sources.getFirst().linkType(), settings.snaplen(), settings.precision());
      case PCAPNG -> pcapng(sources);
    };
  }

  private PcapngLayout pcapng(List<? extends FrameSource> sources) {
    List<PcapngInterface> interfaces = new ArrayList<>();
    String place =
        settings.namespace().map(named -> "in network namespace " + named.name()).orElse("");
    for (FrameSource source : sources) {
      interfaces.add(
          new PcapngInterface(
              source.name(),
              place,
              settings.filter(),
              OptionalLong.empty(),
              settings.snaplen(),
              source.linkType(),
              List.of()));
    }
    String version =
        Optional.ofNullable(Layouts.class.getPackage().getImplementationVersion())
            .map(number -> " " + number)
            .orElse("");
    PcapngSection section =
        new PcapngSection(
            System.getProperty("os.arch", ""),
            System.getProperty("os.name", "") + " " + System.getProperty("os.version", ""),
            "Tapdeck" + version,
            List.of("recording " + settings.recording()));
    return new PcapngLayout(section, interfaces);
  }
}
