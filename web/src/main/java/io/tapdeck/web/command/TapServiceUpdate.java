package io.tapdeck.web.command;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-service-update}. */
@Command(
    name = "tap-service-update",
    description = "Changes a mirror destination; what is not named stays as it is.")
final class TapServiceUpdate implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;
  @Mixin private Settling settling;

  @Parameters(paramLabel = "ID_OR_NAME", description = "The tap service.")
  private String idOrName;

  @Option(names = "--name", paramLabel = "NAME", description = "What to call it from now on.")
  private @Nullable String name;

  @Option(
      names = "--max-rate",
      paramLabel = "RATE",
      converter = BitRates.class,
      description =
          "The most that a host sends to it, in bits a second, like 500Mbit or 1Gbit; none for no"
              + " limit.")
  private @Nullable Long maxRate;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceUpdate() {}

  @Override
  public Integer call() throws Exception {
    return access.run(mirrors -> {
      UUID id = mirrors.find(Mirrors.Kind.SERVICE, idOrName);
      mirrors.update(id, Optional.ofNullable(name), Optional.ofNullable(maxRate));
      int status = settling.await(mirrors.watched(Mirrors.Kind.SERVICE, id));
      presentation.show(mirrors.one(Mirrors.Kind.SERVICE, id));
      return status;
    });
  }
}
