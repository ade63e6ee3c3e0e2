package io.tapdeck.web.api;

import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.http.ServerSettings;
import io.tapdeck.web.job.RecordingImports;
import io.tapdeck.web.privilege.Privileges;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * {@code /about}: this appliance.
 *
 * @param version of Tapdeck
 * @param northbound its address
 * @param connected whether the northbound answers
 * @param server how it is reached, and what it bounds
 * @param uploads what is taken in at most
 * @param privileges which part of it has which
 */
public record AboutRoutes(
    String version,
    Instant startedAt,
    Path data,
    String northbound,
    BooleanSupplier connected,
    ServerSettings server,
    RecordingImports.Limits uploads,
    Privileges privileges) {

  record About(
      String version,
      Instant startedAt,
      String dataDirectory,
      long freeBytes,
      long totalBytes,
      Northbound northbound,
      ServerSettings server,
      RecordingImports.Limits uploads,
      Privileges privileges) {}

  record Northbound(String address, boolean connected) {}

  List<Route> routes() {
    return List.of(Route.get("/about", Role.VIEWER, "This appliance", this::show));
  }

  private void show(Call call) throws IOException {
    FileStore store = Files.getFileStore(data);
    call.json(
        new About(
            version,
            startedAt,
            data.toString(),
            store.getUsableSpace(),
            store.getTotalSpace(),
            new Northbound(northbound, connected.getAsBoolean()),
            server,
            uploads,
            privileges));
  }
}
