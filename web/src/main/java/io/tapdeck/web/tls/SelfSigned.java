package io.tapdeck.web.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An identity that nobody vouches for but itself, kept in a directory: its files {@code
 * certificate.pem} and {@code key.pem}. It is the same at each start, so that it can be told to be
 * trusted, until it is about to expire or another name is wanted.
 */
public final class SelfSigned {
  private static final Logger LOG = LoggerFactory.getLogger(SelfSigned.class);

  /** Browsers take no longer. */
  private static final Duration VALID = Duration.ofDays(397);

  private static final Duration EARLY = Duration.ofDays(30);

  /** Clocks differ. */
  private static final Duration BEFORE = Duration.ofDays(1);

  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");
  private static final int SERIAL_BITS = 127;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private SelfSigned() {}

  /**
   * The identity in a directory, which is made if it is not there.
   *
   * @param names host names and IP addresses that it must be good for
   * @param more those that it is also good for if it is made now
   * @throws IOException if it can be neither read nor written
   */
  public static ServerIdentity in(
      Path directory, Set<String> names, Set<String> more, InstantSource clock) throws IOException {
    Path certificate = directory.resolve("certificate.pem");
    Path key = directory.resolve("key.pem");
    Optional<ServerIdentity> kept = kept(certificate, key);
    if (kept.isPresent() && isGoodFor(kept.get().chain().getFirst(), names, clock.instant())) {
      return kept.get();
    }
    var _ =
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      Set<String> all = normal(names);
      all.addAll(normal(more));
      KeyPair pair = pair();
      X509Certificate own = certificate(pair, all, clock.instant());
      put(key, "PRIVATE KEY", pair.getPrivate().getEncoded());
      put(certificate, "CERTIFICATE", own.getEncoded());
      return new ServerIdentity(List.of(own), pair.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Half of a pair is left if the machine stopped while another was put in its place. */
  private static Optional<ServerIdentity> kept(Path certificate, Path key) {
    if (!Files.exists(certificate) || !Files.exists(key)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ServerIdentity.read(certificate, key));
    } catch (IOException unusable) {
      LOG.warn("another certificate is made: {}", unusable.getMessage());
      return Optional.empty();
    }
  }

  private static boolean isGoodFor(X509Certificate certificate, Set<String> names, Instant now) {
    try {
      Collection<List<?>> kept = certificate.getSubjectAlternativeNames();
      return certificate.getNotAfter().toInstant().isAfter(now.plus(EARLY))
          && kept != null
          && kept.stream()
              .map(name -> String.valueOf(name.get(1)))
              .collect(Collectors.toSet())
              .containsAll(normal(names));
    } catch (CertificateParsingException malformed) {
      return false;
    }
  }

  /** Addresses as certificates tell them. */
  private static Set<String> normal(Set<String> names) {
    return names.stream()
        .map(name ->
            ADDRESS.matcher(name).matches()
                ? InetAddress.ofLiteral(name).getHostAddress().replaceFirst("%.*", "")
                : name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X509Certificate certificate(KeyPair pair, Set<String> names, Instant now)
      throws GeneralSecurityException, OperatorCreationException, CertIOException {
    X500Name self = new X500Name("CN=Tapdeck");
    GeneralName[] alternatives =
        names.stream()
            .map(name ->
                new GeneralName(
                    ADDRESS.matcher(name).matches() ? GeneralName.iPAddress : GeneralName.dNSName,
                    name))
            .toArray(GeneralName[]::new);
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            self,
            new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE),
            Date.from(now.minus(BEFORE)),
            Date.from(now.minus(BEFORE).plus(VALID)),
            self,
            pair.getPublic());
    builder
        .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives))
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
        .addExtension(
            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
  }

  /** Puts a whole file in the place of the one before, never to be read by anybody else. */
  private static void put(Path file, String type, byte[] content) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    }
    FileAttribute<Set<PosixFilePermission>> owner =
        PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    Path made = Files.createTempFile(file.toAbsolutePath().getParent(), "new", ".pem", owner);
    Files.writeString(made, text.toString());
    var _ =
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
