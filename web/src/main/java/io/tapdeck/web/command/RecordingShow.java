package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck recording-show}. */
@Command(name = "recording-show", description = "Shows a recording of an appliance.")
final class RecordingShow implements Callable<Integer> {
  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The recording.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  RecordingShow() {}

  @Override
  public Integer call() throws Exception {
    return access.run(appliance -> {
      JsonNode found = RemoteThings.recording(appliance, idOrName);
      presentation.show(
          presentation.isJson() ? RemoteThings.whole(found) : RemoteThings.recordingWords(found));
      return ExitStatus.DONE;
    });
  }
}
