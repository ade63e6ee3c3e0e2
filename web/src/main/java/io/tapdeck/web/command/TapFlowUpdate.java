package io.tapdeck.web.command;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-flow-update}. */
@Command(
    name = "tap-flow-update",
    description = "Changes a mirror source; what is not named stays as it is.")
final class TapFlowUpdate implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Settling settling;
  @Mixin private FlowOptions options;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap flow.")
  private String idOrName;

  @Option(names = "--name", paramLabel = "NAME", description = "What to call it from now on.")
  private @Nullable String name;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowUpdate() {}

  @Override
  public Integer call() throws Exception {
    return access.run(mirrors -> {
      UUID id = mirrors.find(Mirrors.Kind.FLOW, idOrName);
      mirrors.update(id, Optional.ofNullable(name), options.settings());
      int status = settling.await(mirrors.watched(Mirrors.Kind.FLOW, id));
      presentation.show(mirrors.one(Mirrors.Kind.FLOW, id));
      return status;
    });
  }
}
