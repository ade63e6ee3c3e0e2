package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck recording-stop}. */
@Command(
    name = "recording-stop",
    description = {
      "Stops a recording of an appliance; its files stay.",
      "Exit status: 0 it has ended; 1 it was told to, and is about to; 2 refused."
    })
final class RecordingStop implements Callable<Integer> {
  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The recording.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  RecordingStop() {}

  @Override
  public Integer call() throws Exception {
    return access.run(appliance -> {
      UUID id = RemoteThings.id(RemoteThings.recording(appliance, idOrName));
      JsonNode stopped =
          appliance.send(
              "POST", "/recordings/" + id + "/stop", JsonNodeFactory.instance.objectNode());
      presentation.show(
          presentation.isJson()
              ? RemoteThings.whole(stopped)
              : RemoteThings.recordingWords(stopped));
      return stopped.path("state").asText().equals("stopping")
          ? ExitStatus.INCOMPLETE
          : ExitStatus.DONE;
    });
  }
}
