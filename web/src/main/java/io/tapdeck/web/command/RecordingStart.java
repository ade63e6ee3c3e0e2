package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck recording-start}. */
@Command(
    name = "recording-start",
    sortOptions = false,
    description = {
      "Starts a recording on an appliance, which goes on with it by itself.",
      "Exit status: 0 it is recording; 1 it was started, and cannot record yet: the reason says"
          + " why; 2 refused."
    })
final class RecordingStart implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = "What the recording is to be called.")
  private String name;

  @Option(
      names = {"-i", "--interface"},
      paramLabel = "IFACE",
      description = "The appliance's interface; this, or a guest.")
  private @Nullable String interfaceName;

  @Option(
      names = "--netns",
      paramLabel = "NAME",
      description = "The network namespace that the interface is in.")
  private @Nullable String netns;

  @Option(
      names = "--guest",
      paramLabel = "ID",
      description = "A guest, whose traffic is mirrored as long as it is recorded.")
  private @Nullable String guest;

  @Mixin private CaptureOptions capture;
  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  RecordingStart() {}

  private ObjectNode order() {
    ObjectNode order = JsonNodeFactory.instance.objectNode();
    order.put("name", name);
    order.put("interface", interfaceName);
    order.put("netns", netns);
    order.put("guest", guest);
    capture.put(order);
    return order;
  }

  @Override
  public Integer call() throws Exception {
    if ((interfaceName == null) == (guest == null)) {
      throw new RefusedException("give either -i IFACE or --guest ID");
    }
    return access.run(appliance -> {
      JsonNode started = appliance.send("PUT", "/recordings/" + UUID.randomUUID(), order());
      presentation.show(
          presentation.isJson()
              ? RemoteThings.whole(started)
              : RemoteThings.recordingWords(started));
      return started.path("state").asText().equals("recording")
          ? ExitStatus.DONE
          : ExitStatus.INCOMPLETE;
    });
  }
}
