package io.tapdeck.web.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck recording-list}. */
@Command(
    name = "recording-list",
    description = "Lists the recordings of an appliance, the newest first.")
final class RecordingList implements Callable<Integer> {
  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  RecordingList() {}

  @Override
  public Integer call() throws Exception {
    return access.run(appliance -> {
      presentation.showList(
          RemoteThings.stream(appliance.get("/recordings"))
              .map(presentation.isJson() ? RemoteThings::whole : RemoteThings::recordingWords)
              .toList(),
          List.of("name", "state", "interface", "received", "dropped", "files", "id"));
      return ExitStatus.DONE;
    });
  }
}
