package io.tapdeck.web.command;

import io.tapdeck.web.client.ApplianceAwayException;
import io.tapdeck.web.client.ApplianceRefusal;
import io.tapdeck.web.client.RemoteAppliance;
import io.tapdeck.web.client.ServerTrust;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which appliance a command talks to, and as whom. */
final class ApplianceAccess {
  /** Neither is an argument: every user of this machine can read those. */
  private static final String TOKEN_VARIABLE = "TAPDECK_TOKEN";

  static final String URL_VARIABLE = "TAPDECK_URL";
  private static final Pattern TOKEN = Pattern.compile("[\\w.~+/=-]{1,256}");
  private static final int LONGEST_TOKEN_FILE = 4096;
  private static final int UNAUTHORIZED = 401;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The appliance, https://HOST:PORT (else $$" + URL_VARIABLE + ").")
  private @Nullable String url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A file that holds an API token, which the page's Tokens makes (else the token in $$"
              + TOKEN_VARIABLE
              + ").")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "The certificates, in PEM, that vouch for the appliance's (default: those that Java"
              + " trusts).")
  private @Nullable Path authorities;

  @Option(
      names = "--fingerprint",
      paramLabel = "SHA256",
      description =
          "The SHA-256 of the appliance's certificate, as 'tapdeck serve --tls' prints it; nobody"
              + " needs to vouch for it then.")
  private @Nullable String fingerprint;

  /** What is done with an appliance. */
  interface Body {
    int run(RemoteAppliance appliance) throws IOException, ApplianceRefusal, InterruptedException;
  }

  /** Runs the body, and tells a refusal as one. */
  int run(Body body) throws IOException, InterruptedException {
    try (RemoteAppliance appliance = open()) {
      return body.run(appliance);
    } catch (ApplianceRefusal refusal) {
      throw refused(refusal);
    } catch (ApplianceAwayException away) {
      throw new RefusedException(String.valueOf(away.getMessage()), away);
    }
  }

  /** A refusal in the appliance's own words. */
  static RefusedException refused(ApplianceRefusal refusal) {
    String words = String.valueOf(refusal.getMessage());
    return new RefusedException(
        refusal.status() == UNAUTHORIZED
            ? "the appliance does not take this API token (" + words + ")"
            : words,
        refusal);
  }

  /** Whether the command line names the appliance. */
  boolean isNamed() {
    return url != null;
  }

  /** Whether the command line says how it is talked to. */
  boolean isDescribed() {
    return tokenFile != null || authorities != null || fingerprint != null;
  }

  private RemoteAppliance open() {
    URI address = address(Optional.ofNullable(url).orElseGet(() -> variable(URL_VARIABLE)));
    return new RemoteAppliance(address, token(), trust());
  }

  private static String variable(String name) {
    return Optional.ofNullable(System.getenv(name)).orElse("");
  }

  /**
   * Reads an appliance's address.
   *
   * @throws RefusedException if it is none, or the token would be read by others on its way
   */
  static URI address(String text) {
    if (text.isEmpty()) {
      throw new RefusedException(
          "name the appliance: --url https://HOST:PORT, or in $" + URL_VARIABLE);
    }
    URI address;
    try {
      address = URI.create(text);
    } catch (IllegalArgumentException malformed) {
      throw noAddress(text);
    }
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    boolean isPlain = scheme.equals("http");
    String path = String.valueOf(address.getRawPath());
    if (!(isPlain || scheme.equals("https"))
        || address.getHost() == null
        || address.getRawUserInfo() != null
        || address.getRawQuery() != null
        || address.getRawFragment() != null
        || !(path.isEmpty() || path.equals("/"))) {
      throw noAddress(text);
    }
    if (isPlain && !isThisMachine(address.getHost())) {
      throw new RefusedException(
          "at "
              + address
              + " others on the network would read the API token: use https, or a tunnel ('ssh"
              + " -L')");
    }
    return address;
  }

  private static RefusedException noAddress(String text) {
    return new RefusedException("'" + text + "' is no address: write https://HOST:PORT");
  }

  private static boolean isThisMachine(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host.replaceAll("^\\[|]$", "")).isLoopbackAddress();
    } catch (IllegalArgumentException name) {
      return false;
    }
  }

  private String token() {
    String token = tokenFile == null ? variable(TOKEN_VARIABLE) : read(tokenFile);
    if (token.isBlank()) {
      throw new RefusedException(
          "an API token is needed, which the page's Tokens makes: --token-file FILE, or in $"
              + TOKEN_VARIABLE);
    }
    if (!TOKEN.matcher(token.strip()).matches()) {
      throw new RefusedException("that is no API token: give the secret alone, on one line");
    }
    return token.strip();
  }

  private static String read(Path file) {
    try (InputStream input = Files.newInputStream(file)) {
      return new String(input.readNBytes(LONGEST_TOKEN_FILE), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new RefusedException("cannot read the API token in " + file + ": is it there?");
    }
  }

  private Optional<SSLContext> trust() {
    if (authorities != null && fingerprint != null) {
      throw new RefusedException("give --ca or --fingerprint, not both");
    }
    try {
      if (fingerprint != null) {
        return Optional.of(ServerTrust.ofFingerprint(fingerprint));
      }
      return authorities == null
          ? Optional.empty()
          : Optional.of(ServerTrust.ofAuthorities(authorities));
    } catch (IllegalArgumentException malformed) {
      throw new RefusedException(String.valueOf(malformed.getMessage()), malformed);
    } catch (IOException unreadable) {
      throw new RefusedException(
          "cannot read who vouches for the appliance: " + unreadable.getMessage(), unreadable);
    }
  }
}
