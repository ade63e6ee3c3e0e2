package io.tapdeck.web.privilege;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a program may do that is started here: it runs under an account, with these capabilities and
 * no others, and nothing that it starts can come to more.
 */
public record Confinement(Account account, Set<Capability> capabilities) {
  /**
   * What a recorder needs: packet sockets, offloads set aside while it records, and a thread that
   * goes before others.
   */
  public static final Set<Capability> RECORDER =
      Set.of(Capability.NET_RAW, Capability.NET_ADMIN, Capability.SYS_NICE);

  /** What a player needs: the same, and memory that the kernel sends from. */
  public static final Set<Capability> PLAYER =
      Set.of(Capability.NET_RAW, Capability.NET_ADMIN, Capability.SYS_NICE, Capability.IPC_LOCK);

  /** What a player needs in addition to see frames arrive in a network namespace not its own. */
  static final Capability ELSEWHERE = Capability.SYS_ADMIN;

  /** What it takes to see whose sockets there are, and to ask the databases of switches. */
  static final Set<Capability> LOOK_AROUND =
      Set.of(Capability.SYS_PTRACE, Capability.DAC_OVERRIDE, Capability.DAC_READ_SEARCH);

  public Confinement {
    capabilities = Set.copyOf(capabilities);
  }

  /**
   * The words before those of the program, for setpriv(1).
   *
   * @param fate sent to it when the thread that started it ends; empty if it is to outlive that
   */
  List<String> words(Optional<String> fate) {
    String none = "-all";
    String some =
        new TreeSet<>(capabilities)
            .stream().map(one -> ",+" + one.word()).collect(Collectors.joining("", none, ""));
    List<String> words = new ArrayList<>(List.of("setpriv"));
    words.add("--reuid=" + account.user());
    words.add("--regid=" + account.group());
    words.addAll(List.of("--clear-groups", "--no-new-privs"));
    words.add("--bounding-set=" + some);
    // Root has what the bounding set leaves, also without.
    words.add("--inh-caps=" + (account.isRoot() ? none : some));
    words.add("--ambient-caps=" + (account.isRoot() ? none : some));
    fate.ifPresent(signal -> words.add("--pdeathsig=" + signal));
    words.add("--");
    return words;
  }
}
