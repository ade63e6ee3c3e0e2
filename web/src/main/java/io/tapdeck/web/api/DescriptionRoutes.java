package io.tapdeck.web.api;

import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** {@code /openapi.json}: the API described, for machines (OpenAPI 3.1). */
final class DescriptionRoutes {
  private final byte[] description = read();

  List<Route> routes() {
    return List.of(
        Route.get(
            "/openapi.json",
            Role.VIEWER,
            "This description",
            call -> call.bytes(200, "application/json", description)));
  }

  private static byte[] read() {
    try (InputStream resource = DescriptionRoutes.class.getResourceAsStream("openapi.json")) {
      if (resource == null) {
        throw new IllegalStateException("openapi.json is missing from this build");
      }
      return resource.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
