package io.tapdeck.web.command;

import io.tapdeck.web.http.ListenAddress;
import io.tapdeck.web.tls.SelfSigned;
import io.tapdeck.web.tls.ServerIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the way to the server is kept from being read by others. */
final class Encryption {
  /** The last part of a name has a letter: else it would be an address. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)*(?![0-9]+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

  private static final int LONGEST_NAME = 253;

  @Option(
      names = "--tls",
      description =
          "Serves HTTPS with a certificate of its own making, which is kept in the data directory"
              + " (default: HTTP).")
  private boolean selfSigned;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description =
          "Serves HTTPS with the certificate in this PEM file, and those that vouch for it.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The private key of that certificate, in PEM, without a passphrase.")
  private @Nullable Path key;

  @Option(
      names = "--host-name",
      paramLabel = "NAME",
      description =
          "A name that the server is called by, besides its addresses; may be repeated (default:"
              + " this machine's name).")
  private List<String> given = List.of();

  @Option(
      names = "--insecure-http",
      description =
          "Serves HTTP also where others on the network read along: passwords, tokens and packets.")
  private boolean insecure;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Encryption() {}

  /** Where a process can read a file that root named. */
  @FunctionalInterface
  interface Lending {
    Path lend(Path file) throws IOException, InterruptedException;
  }

  /** The words of a command line that say the same to another process. */
  List<String> words(Lending lending) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    if (selfSigned) {
      words.add("--tls");
    }
    if (certificate != null) {
      words.add("--tls-certificate=" + lending.lend(certificate));
    }
    if (key != null) {
      words.add("--tls-key=" + lending.lend(key));
    }
    given.forEach(name -> words.add("--host-name=" + name));
    if (insecure) {
      words.add("--insecure-http");
    }
    return words;
  }

  /** Host names that the server is called by. */
  Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (String name : given) {
      String low = name.toLowerCase(Locale.ROOT);
      if (!NAME.matcher(low).matches() || low.length() > LONGEST_NAME) {
        throw new RefusedException("--host-name: '" + name + "' is no host name");
      }
      names.add(low);
    }
    if (given.isEmpty()) {
      machineName().ifPresent(names::add);
    }
    return names;
  }

  private static Optional<String> machineName() {
    try {
      return Optional.of(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT))
          .filter(name -> NAME.matcher(name).matches());
    } catch (UnknownHostException nameless) {
      return Optional.empty();
    }
  }

  /**
   * @throws RefusedException if the options contradict each other, or HTTP would tell too much
   */
  void check(ListenAddress address) {
    if ((certificate == null) != (key == null)) {
      throw new RefusedException("give both --tls-certificate and --tls-key, or --tls, or none");
    }
    if (selfSigned && certificate != null) {
      throw new RefusedException(
          "--tls makes its own certificate: leave it out, or --tls-certificate and --tls-key");
    }
    if (!address.isLoopback() && !selfSigned && certificate == null && !insecure) {
      throw new RefusedException(
          "at "
              + address
              + " others on the network would read passwords and packets: give --tls, or"
              + " --tls-certificate and --tls-key (or --insecure-http, if nobody else is there)");
    }
  }

  /**
   * Whose identity the server has; empty for HTTP.
   *
   * @throws RefusedException if it cannot be had
   */
  Optional<ServerIdentity> identity(ListenAddress address, Path data, Set<String> names) {
    try {
      if (certificate != null && key != null) {
        return Optional.of(ServerIdentity.read(certificate, key));
      }
      return selfSigned ? Optional.of(ownIdentity(address, data, names)) : Optional.empty();
    } catch (IOException unusable) {
      throw new RefusedException("cannot serve HTTPS: " + unusable.getMessage(), unusable);
    }
  }

  /** Addresses that come and go do not make it another. */
  private static ServerIdentity ownIdentity(ListenAddress address, Path data, Set<String> names)
      throws IOException {
    Set<String> wanted = new TreeSet<>(names);
    wanted.addAll(List.of("localhost", "127.0.0.1", "::1"));
    Set<String> present = new TreeSet<>();
    if (address.address().isAnyLocalAddress()) {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(one -> !one.isLinkLocalAddress())
          .forEach(one -> present.add(one.getHostAddress()));
    } else {
      wanted.add(address.address().getHostAddress());
    }
    return SelfSigned.in(data.resolve("tls"), wanted, present, InstantSource.system());
  }

  /** Whether browsers will ask the person before they trust it. */
  boolean isSelfSigned() {
    return selfSigned;
  }
}
