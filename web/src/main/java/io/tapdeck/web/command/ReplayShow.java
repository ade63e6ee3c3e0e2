package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck replay-show}. */
@Command(name = "replay-show", description = "Shows a replay of an appliance.")
final class ReplayShow implements Callable<Integer> {
  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @Parameters(
      paramLabel = "ID_OR_NAME",
      description = "The replay, by its id or the name of what it plays.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayShow() {}

  @Override
  public Integer call() throws Exception {
    return access.run(appliance -> {
      JsonNode found = RemoteThings.replay(appliance, idOrName);
      presentation.show(
          presentation.isJson() ? RemoteThings.whole(found) : RemoteThings.replayWords(found));
      return ExitStatus.DONE;
    });
  }
}
