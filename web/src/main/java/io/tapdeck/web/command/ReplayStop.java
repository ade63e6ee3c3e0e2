package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tapdeck replay-stop}. */
@Command(
    name = "replay-stop",
    description = {
      "Stops a replay of an appliance.",
      "Exit status: 0 it has ended; 1 it was told to, and is about to; 2 refused."
    })
final class ReplayStop implements Callable<Integer> {
  @Mixin private ApplianceAccess access;
  @Mixin private Presentation presentation;

  @Parameters(
      paramLabel = "ID_OR_NAME",
      description = "The replay, by its id or the name of what it plays.")
  private String idOrName;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ReplayStop() {}

  @Override
  public Integer call() throws Exception {
    return access.run(appliance -> {
      UUID id = RemoteThings.id(RemoteThings.replay(appliance, idOrName));
      JsonNode stopped =
          appliance.send("POST", "/replays/" + id + "/stop", JsonNodeFactory.instance.objectNode());
      presentation.show(
          presentation.isJson() ? RemoteThings.whole(stopped) : RemoteThings.replayWords(stopped));
      return stopped.path("state").asText().equals("stopping")
          ? ExitStatus.INCOMPLETE
          : ExitStatus.DONE;
    });
  }
}
