package io.tapdeck.web.account;

import io.tapdeck.web.http.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The interfaces that analysts may play to: those that an administrator has named, and no other.
 */
public final class ReplayTargets {
  private static final int MOST = 256;

  private final AccountDatabase database;

  ReplayTargets(AccountDatabase database) {
    this.database = database;
  }

  /**
   * An interface, by the name that a replay gives for it.
   *
   * @param netns null for the appliance's own network namespace
   */
  public record Target(String name, @Nullable String netns) {}

  /** All of them, by namespace and name. */
  public List<Target> all() {
    return database.with(handle ->
        handle
            .createQuery("SELECT netns, interface FROM replay_targets ORDER BY netns, interface")
            .map((row, context) ->
                new Target(
                    row.getString("interface"),
                    Optional.of(row.getString("netns")).filter(it -> !it.isEmpty()).orElse(null)))
            .list());
  }

  /**
   * Puts these in the place of those before.
   *
   * @throws Problem 422 if they are too many
   */
  public void replace(List<Target> targets) {
    if (targets.size() > MOST) {
      throw Problem.unprocessable("analysts can be allowed at most " + MOST + " interfaces");
    }
    var _ =
        database.with(handle -> {
          int changed = handle.execute("DELETE FROM replay_targets");
          for (Target target : new HashSet<>(targets)) {
            changed +=
                handle.execute(
                    "INSERT INTO replay_targets (netns, interface) VALUES (?, ?)",
                    key(target.netns()),
                    target.name());
          }
          return changed;
        });
  }

  /** Whether it is one of them. */
  public boolean allows(Target target) {
    return database.with(handle ->
        handle
            .select(
                "SELECT 1 FROM replay_targets WHERE netns = ? AND interface = ?",
                key(target.netns()),
                target.name())
            .mapTo(int.class)
            .findOne()
            .isPresent());
  }

  private static String key(@Nullable String netns) {
    return netns == null ? "" : netns;
  }
}
