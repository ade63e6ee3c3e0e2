package io.tapdeck.web.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What openssl makes is read, and what we make is read by openssl. */
class ServerIdentityTest {
  private static final InstantSource NOW =
      InstantSource.fixed(Instant.parse("2030-01-01T00:00:00Z"));
  private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "::1", "deck.example");

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init") // JUnit sets the directory
  ServerIdentityTest() {}

  private String openssl(String words) throws Exception {
    Process process =
        new ProcessBuilder(("openssl " + words).split(" ", -1))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", words, output).isZero();
    return output;
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  @ParameterizedTest
  @CsvSource({
    "PKCS #8 RSA, genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key",
    "PKCS #1, genrsa -traditional -out key 2048",
    "SEC 1 with its parameters, ecparam -name prime256v1 -genkey -out key",
    "PKCS #8 EC, genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key",
    "Ed25519, genpkey -algorithm ED25519 -out key",
  })
  void keysOfEveryUsualKindAreRead(String kind, String make) throws Exception {
    var _ = openssl(make);
    var _ = openssl("req -x509 -key key -out certificate -days 2 -subj /CN=deck.example");
    ServerIdentity read = ServerIdentity.read(file("certificate"), file("key"));
    assertThat(openssl("x509 -in certificate -noout -fingerprint -sha256").strip())
        .endsWith("=" + read.fingerprint());
    assertThat(read.context().getProtocol()).isEqualTo("TLS");
    assertThat(read.toString()).doesNotContain("PRIVATE");
  }

  private void assertRefused(String certificate, String key, String words) {
    assertThatThrownBy(() -> ServerIdentity.read(file(certificate), file(key)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(words);
  }

  @Test
  void whatIsNoIdentityIsRefusedWithASentence() throws Exception {
    var _ = openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key");
    var _ = openssl("req -x509 -key key -out certificate -days 2 -subj /CN=a");
    var _ = openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other");
    var _ = openssl("genpkey -algorithm ED25519 -out ed");
    var _ = openssl("pkcs8 -topk8 -in key -out encrypted -passout pass:secret");
    var _ = openssl("rsa -aes128 -traditional -passout pass:secret -out old -in " + rsa());
    Files.writeString(file("empty"), "");
    Files.writeString(
        file("text"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertRefused("certificate", "other", "is not that of the certificate");
    assertRefused("certificate", "ed", "is not that of the certificate");
    assertRefused("certificate", "encrypted", "passphrase");
    assertRefused("certificate", "old", "passphrase");
    assertRefused("certificate", "certificate", "no private key");
    assertRefused("certificate", "empty", "no private key");
    assertRefused("empty", "key", "no certificate");
    assertRefused("text", "key", "no certificate");
    assertRefused("key", "key", "no certificate");
    assertRefused("absent", "key", "absent");
  }

  private String rsa() throws Exception {
    var _ = openssl("genrsa -out rsa 2048");
    return "rsa";
  }

  @Test
  void oneOfItsOwnMakingIsMadeOnceAndIsForItsNames() throws Exception {
    Path tls = file("tls");
    ServerIdentity made = SelfSigned.in(tls, NAMES, Set.of(), NOW);
    String text = openssl("x509 -in tls/certificate.pem -noout -text");
    assertThat(text)
        .contains("DNS:deck.example", "DNS:localhost", "IP Address:127.0.0.1", "CA:FALSE")
        .contains("IP Address:0:0:0:0:0:0:0:1", "TLS Web Server Authentication")
        .contains("prime256v1", "ecdsa-with-SHA256")
        .contains("Not Before: Dec 31 00:00:00 2029 GMT", "Not After : Feb  1 00:00:00 2031 GMT");
    assertThat(openssl("pkey -in tls/key.pem -noout -check")).contains("valid");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls.resolve("key.pem"))))
        .isEqualTo("rw-------");
    assertThat(SelfSigned.in(tls, NAMES, Set.of(), NOW)).isEqualTo(made);
    assertThat(SelfSigned.in(tls, Set.of("deck.example"), Set.of("new.example"), NOW))
        .isEqualTo(made);
  }

  @Test
  void anotherIsMadeForAnotherNameAndBeforeItExpires() throws Exception {
    Path tls = file("tls");
    ServerIdentity first = SelfSigned.in(tls, NAMES, Set.of(), NOW);
    ServerIdentity named = SelfSigned.in(tls, Set.of("other.example"), Set.of("192.0.2.1"), NOW);
    assertThat(named.fingerprint()).isNotEqualTo(first.fingerprint());
    InstantSource almost = InstantSource.offset(NOW, Duration.ofDays(365));
    assertThat(SelfSigned.in(tls, Set.of("other.example", "192.0.2.1"), Set.of(), almost))
        .isEqualTo(named);
    InstantSource late = InstantSource.offset(NOW, Duration.ofDays(367));
    assertThat(SelfSigned.in(tls, Set.of("other.example"), Set.of(), late).fingerprint())
        .isNotEqualTo(named.fingerprint());
    try (var files = Files.list(tls)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void halfOfAPairIsNoReasonNotToStart() throws Exception {
    Path tls = file("tls");
    ServerIdentity first = SelfSigned.in(tls, NAMES, Set.of(), NOW);
    // As if the machine had stopped between the two.
    var _ = openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out tls/key.pem");
    ServerIdentity second = SelfSigned.in(tls, NAMES, Set.of(), NOW);
    assertThat(second.fingerprint()).isNotEqualTo(first.fingerprint());
    assertThat(SelfSigned.in(tls, NAMES, Set.of(), NOW)).isEqualTo(second);
  }
}
