package io.tapdeck.web.command;

import io.tapdeck.provisioner.northbound.Refusal;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Mixin;

/** Whose mirrors a command is about: those of a northbound, or of an appliance elsewhere. */
final class MirrorAccess {
  @Mixin private NorthboundAccess northbound;
  @Mixin private ApplianceAccess appliance;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  MirrorAccess() {}

  /** What is done with mirrors. */
  interface Body {
    int run(Mirrors mirrors) throws IOException, InterruptedException;
  }

  /** Connects, runs the body, and tells a refusal as one. */
  int run(Body body) throws IOException, InterruptedException {
    return isRemote(System.getenv())
        ? appliance.run(remote -> refusing(body, new ApplianceMirrors(remote)))
        : northbound.run(local -> body.run(new NorthboundMirrors(local)));
  }

  /** What makes no sense at all is refused before the appliance is asked. */
  private static int refusing(Body body, Mirrors mirrors) throws IOException, InterruptedException {
    try {
      return body.run(mirrors);
    } catch (Refusal refusal) {
      throw new RefusedException(String.valueOf(refusal.getMessage()), refusal);
    }
  }

  /**
   * The northbound, for what no appliance elsewhere can do.
   *
   * @param option what cannot be
   */
  NorthboundAccess here(String option) {
    if (isRemote(System.getenv())) {
      throw new RefusedException(
          option + " is about this machine, not an appliance's: give --northbound, not --url");
    }
    return northbound;
  }

  /**
   * What is said on the command line decides, else what is in the environment; there the northbound
   * comes first.
   */
  boolean isRemote(Map<String, String> environment) {
    if (appliance.isNamed() && northbound.isGiven()) {
      throw new RefusedException(
          "--url and --northbound or --data exclude each other: give the appliance or the"
              + " northbound");
    }
    boolean remote =
        appliance.isNamed()
            || (!northbound.isGiven()
                && !environment.containsKey(NorthboundAccess.ADDRESS_VARIABLE)
                && !environment.containsKey(NorthboundAccess.DATA_VARIABLE)
                && environment.containsKey(ApplianceAccess.URL_VARIABLE));
    if (!remote && appliance.isDescribed()) {
      throw new RefusedException(
          "--token-file, --ca and --fingerprint are about an appliance: name it with --url");
    }
    return remote;
  }
}
