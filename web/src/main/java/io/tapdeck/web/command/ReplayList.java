package io.tapdeck.web.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck replay-list}. */
@Command(name = "replay-list", description = "Lists the replays of an appliance, the newest first.")
final class ReplayList implements Callable<Integer> {
  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayList() {}

  @Override
  public Integer call() throws Exception {
    return access.run(appliance -> {
      presentation.showList(
          RemoteThings.stream(appliance.get("/replays"))
              .map(presentation.isJson() ? RemoteThings::whole : RemoteThings::replayWords)
              .toList(),
          List.of("recording", "state", "interface", "sent", "skipped", "failed", "done", "id"));
      return ExitStatus.DONE;
    });
  }
}
