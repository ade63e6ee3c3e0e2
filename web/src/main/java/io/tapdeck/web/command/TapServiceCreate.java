package io.tapdeck.web.command;

import io.tapdeck.provisioner.northbound.TapServices;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapdeck tap-service-create}. */
@Command(name = "tap-service-create", description = "Makes a mirror destination, disabled.")
final class TapServiceCreate implements Callable<Integer> {
  @Mixin private MirrorAccess access;
  @Mixin private Presentation presentation;

  @Parameters(paramLabel = "NAME", description = "What to call it.")
  private String name;

  @Option(
      names = "--type",
      paramLabel = "guest|host",
      required = true,
      description = "What kind of target gets the copies.")
  private String type;

  @Option(
      names = "--target-id",
      paramLabel = "ID_OR_NAME",
      required = true,
      description = "The host or guest that gets the copies.")
  private String target;

  @Option(
      names = "--mac-addr",
      paramLabel = "MAC",
      description =
          "A free physical NIC of the host, which the copies leave through (else the host gets a"
              + " NIC for a recorder there).")
  private @Nullable String mac;

  @Option(
      names = "--max-rate",
      paramLabel = "RATE",
      converter = BitRates.class,
      description =
          "The most that a host sends to it, in bits a second, like 500Mbit or 1Gbit (else no"
              + " limit); what exceeds it is dropped and counted.")
  private @Nullable Long maxRate;

  @Option(
      names = "--id",
      paramLabel = "UUID",
      description = "Its id, so that the command can be repeated safely (else a new one).")
  private @Nullable UUID id;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceCreate() {}

  @Override
  public Integer call() throws Exception {
    UUID chosen = id == null ? UUID.randomUUID() : id;
    return access.run(mirrors -> {
      mirrors.create(
          new TapServices.Wish(
              chosen, name, type, target, Optional.ofNullable(mac), Optional.ofNullable(maxRate)));
      presentation.show(mirrors.one(Mirrors.Kind.SERVICE, chosen));
      return ExitStatus.DONE;
    });
  }
}
