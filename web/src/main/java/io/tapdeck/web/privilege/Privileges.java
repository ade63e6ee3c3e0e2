package io.tapdeck.web.privilege;

import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * Which part of an appliance has which privileges.
 *
 * @param separated whether what listens to the network has none that recorders need
 * @param advice what to do that it is so; empty if it is
 * @param parts each kind of process
 */
public record Privileges(boolean separated, String advice, List<Part> parts) {
  /**
   * A kind of process.
   *
   * @param name what it does
   * @param user the account it runs under
   * @param capabilities what it may do besides, sorted
   */
  public record Part(String name, String user, List<String> capabilities) {
    public Part {
      capabilities = List.copyOf(capabilities);
    }

    private static Part of(String name, String user, Collection<Capability> capabilities) {
      return new Part(
          name, user, capabilities.stream().map(Capability::fullName).sorted().toList());
    }
  }

  public Privileges {
    parts = List.copyOf(parts);
  }

  /** Of an appliance whose process starts recorders and players by itself. */
  public static Privileges whole(String advice) throws IOException {
    List<Capability> own = ProcessStatus.own().capabilities();
    String user = user();
    return new Privileges(
        false,
        advice,
        List.of(
            Part.of("server", user, own),
            Part.of("recorder", user, own),
            Part.of("player", user, own)));
  }

  /** Of an appliance whose process is served by a privileged starter. */
  public static Privileges apart() throws IOException {
    String user = user();
    return new Privileges(
        true,
        "",
        List.of(
            Part.of("server", user, ProcessStatus.own().capabilities()),
            Part.of("starter", "root", List.of(Capability.values())),
            Part.of("recorder", user, Confinement.RECORDER),
            Part.of("player", user, Confinement.PLAYER)));
  }

  private static String user() {
    return System.getProperty("user.name", "");
  }
}
