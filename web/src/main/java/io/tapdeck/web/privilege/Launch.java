package io.tapdeck.web.privilege;

import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.web.starter.ProgramLine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Starts programs, each confined. No shell sees a word of theirs, and of this process's environment
 * they get what they need to know.
 */
final class Launch {
  private static final Path NOWHERE = Path.of("/dev/null");
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final Pattern TOLD = Pattern.compile("LANG|LC_[A-Z]+|TZ|TAPDECK_[A-Z_]+");
  private static final int LONGEST_WORDS = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What else would let another process of the same account into one with more privileges. */
  private static final List<String> SHUT =
      List.of("-XX:+DisableAttachMechanism", "-XX:-UsePerfData");

  private final ProgramLine program;
  private final Account account;

  /** Root in a container may lack some, which it cannot give either. */
  private final List<Capability> own;

  private final List<String> libraries = new ArrayList<>();

  /**
   * @param program starts this program once more
   * @param account what all that is started runs under, unless it says otherwise
   */
  Launch(ProgramLine program, Account account) throws IOException {
    this.program = program;
    this.account = account;
    own = ProcessStatus.own().capabilities();
  }

  /**
   * What a program said.
   *
   * @param text what it printed on standard output, without blanks around
   */
  record Said(int status, String text) {}

  /** Has jobs load native libraries from where only root can change them, if that can be. */
  void shareLibraries() throws IOException, InterruptedException {
    for (NativeLibraries.Library library : NativeLibraries.all()) {
      if (can(List.of("test", "-x", library.file().toString()))) {
        libraries.add(library.option());
      }
    }
  }

  /** Whether a program could do a thing under the account, without any capability. */
  boolean can(List<String> test) throws IOException, InterruptedException {
    List<String> words = confined(account, Set.of()).words(Optional.empty());
    words.addAll(test);
    return run(builder(words), PATIENCE).status() == 0;
  }

  /** Runs a command under the account, without any capability, and gives its status. */
  int command(List<String> command) throws IOException, InterruptedException {
    List<String> words = confined(account, Set.of()).words(Optional.empty());
    words.addAll(program.with(command));
    return builder(words).inheritIO().start().waitFor();
  }

  /**
   * Starts the process that serves, which ends when the calling thread does.
   *
   * @param capabilities hardly any
   */
  Process server(Set<Capability> capabilities, List<String> command) throws IOException {
    List<String> words = new ArrayList<>(List.of("setsid"));
    words.addAll(confined(account, capabilities).words(Optional.of("KILL")));
    words.addAll(program.with(command));
    return builder(words)
        .redirectInput(NOWHERE.toFile())
        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /**
   * Starts a recorder or player, which goes on when this process has ended.
   *
   * @param output where it puts what it says, without the suffix; it opens that itself, as its
   *     account
   */
  Process job(
      Optional<NetworkNamespace> namespace,
      Set<Capability> capabilities,
      Path output,
      List<String> command)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("setsid"));
    words.addAll(inside(namespace));
    words.addAll(confined(account, capabilities).words(Optional.empty()));
    List<String> options = new ArrayList<>(SHUT);
    options.addAll(libraries);
    options.add("-Dtapdeck.output=" + output);
    words.addAll(program.withVirtualMachine(options).with(command));
    return builder(words)
        .redirectInput(NOWHERE.toFile())
        .redirectOutput(NOWHERE.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Runs a command as a recorder is run, and waits for what it says. */
  Said confinedLook(Optional<NetworkNamespace> namespace, List<String> command, Duration patience)
      throws IOException, InterruptedException {
    return look(namespace, confined(account, Confinement.RECORDER), command, patience);
  }

  /** Runs a command as root, but with these capabilities alone, and waits for what it says. */
  Said look(
      Optional<NetworkNamespace> namespace,
      Set<Capability> capabilities,
      List<String> command,
      Duration patience)
      throws IOException, InterruptedException {
    Account root = Account.find("root").orElseThrow();
    return look(namespace, confined(root, capabilities), command, patience);
  }

  private Said look(
      Optional<NetworkNamespace> namespace,
      Confinement confinement,
      List<String> command,
      Duration patience)
      throws IOException, InterruptedException {
    List<String> words = inside(namespace);
    words.addAll(confinement.words(Optional.empty()));
    words.addAll(program.withVirtualMachine(SHUT).with(command));
    return run(builder(words), patience);
  }

  private Confinement confined(Account account, Set<Capability> capabilities) {
    return new Confinement(
        account, capabilities.stream().filter(own::contains).collect(Collectors.toSet()));
  }

  /** In one that is not there nothing is entered: the program says that better. */
  private static List<String> inside(Optional<NetworkNamespace> namespace) {
    return namespace
        .filter(one -> Files.exists(NAMESPACES.resolve(one.name())))
        .map(one -> new ArrayList<>(List.of("ip", "netns", "exec", one.name())))
        .orElseGet(ArrayList::new);
  }

  private static ProcessBuilder builder(List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    Map<String, String> told = new TreeMap<>(builder.environment());
    builder.environment().clear();
    told.keySet().removeIf(name -> !TOLD.matcher(name).matches());
    builder.environment().putAll(told);
    builder.environment().put("PATH", PATH);
    return builder;
  }

  private static Said run(ProcessBuilder builder, Duration patience)
      throws IOException, InterruptedException {
    Process process =
        builder
            .redirectInput(NOWHERE.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread impatience =
        Thread.ofVirtual()
            .start(() -> {
              try {
                if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                  process.destroyForcibly();
                }
              } catch (InterruptedException inTime) {
                Thread.currentThread().interrupt();
              }
            });
    try (InputStream out = process.getInputStream()) {
      String text = new String(out.readNBytes(LONGEST_WORDS), StandardCharsets.UTF_8).strip();
      return new Said(process.waitFor(), text);
    } finally {
      process.destroyForcibly();
      impatience.interrupt();
    }
  }
}
