package io.tapdeck.web.command;

import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import io.tapdeck.provisioner.northbound.Refusal;
import io.tapdeck.provisioner.ovsdb.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which northbound a command talks to. */
final class NorthboundAccess {
  static final String ADDRESS_VARIABLE = "TAPDECK_NORTHBOUND";
  static final String DATA_VARIABLE = "TAPDECK_DATA";
  private static final Duration CONNECT = Duration.ofSeconds(5);

  @Option(
      names = "--northbound",
      paramLabel = "ADDR",
      description =
          "Northbound, unix:PATH or tcp:HOST:PORT (else $TAPDECK_NORTHBOUND, else"
              + " unix:<data>/northbound.sock).")
  private @Nullable String northbound;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory (else $TAPDECK_DATA, else /var/lib/tapdeck).")
  private @Nullable Path data;

  /** What is done with a northbound. */
  interface Body {
    int run(Northbound northbound) throws IOException, InterruptedException;
  }

  /** Whether the command line says which. */
  boolean isGiven() {
    return northbound != null || data != null;
  }

  /** The data directory. */
  Path data() {
    return data == null ? defaultData() : data;
  }

  /** The data directory, if none was given. */
  static Path defaultData() {
    String environment = System.getenv(DATA_VARIABLE);
    return Path.of(environment == null ? "/var/lib/tapdeck" : environment);
  }

  /** The northbound's address. */
  Endpoint endpoint() {
    return named().orElseGet(() -> new NorthboundServer(data()).endpoint());
  }

  /** The northbound's address, if one was given. */
  Optional<Endpoint> named() {
    String address = northbound == null ? System.getenv(ADDRESS_VARIABLE) : northbound;
    if (address == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Endpoint.parse(address));
    } catch (IllegalArgumentException malformed) {
      throw new RefusedException(String.valueOf(malformed.getMessage()), malformed);
    }
  }

  /** Connects, runs the body, and tells a refusal as one. */
  int run(Body body) throws IOException, InterruptedException {
    try (Northbound opened = open()) {
      return body.run(opened);
    } catch (Refusal refusal) {
      throw new RefusedException(String.valueOf(refusal.getMessage()), refusal);
    }
  }

  private Northbound open() throws InterruptedException {
    try {
      return Northbound.open(endpoint(), CONNECT, () -> {});
    } catch (IOException absent) {
      throw new RefusedException(
          "the northbound does not answer: "
              + absent.getMessage()
              + "; start it with 'tapdeck northbound start', or give --northbound",
          absent);
    }
  }
}
