package io.tapdeck.web.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Which appliance is believed to be the one that is meant. */
public final class ServerTrust {
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9A-F]{64}");

  /** Longer than any file of certificates that vouch for one. */
  private static final long LONGEST = 1 << 20;

  private ServerTrust() {}

  /**
   * One that certificates of a file vouch for, or whose own is in it; under the name by which it is
   * called.
   *
   * @param file in PEM
   * @throws IOException with a sentence, if there are none in it
   */
  public static SSLContext ofAuthorities(Path file) throws IOException {
    if (Files.size(file) > LONGEST) {
      throw new IOException(file + " is no file of certificates: it is too long");
    }
    try (InputStream input = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(input)) {
        store.setCertificateEntry("ca" + number++, one);
      }
      if (number == 0) {
        throw new IOException("there is no certificate in " + file);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store);
      return context(managers.getTrustManagers());
    } catch (CertificateException malformed) {
      throw new IOException("there is no certificate in " + file, malformed);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * One that has this certificate and no other, by whatever name it is called.
   *
   * @param fingerprint its SHA-256 in hexadecimal digits, with or without colons
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  public static SSLContext ofFingerprint(String fingerprint) {
    String digits = fingerprint.replace(":", "").strip().toUpperCase(Locale.ROOT);
    if (!FINGERPRINT.matcher(digits).matches()) {
      throw new IllegalArgumentException(
          "a fingerprint has 64 hexadecimal digits (SHA-256), as 'tapdeck serve --tls' prints it");
    }
    try {
      return context(new TrustManager[] {new Pinned(digits)});
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static SSLContext context(TrustManager[] managers) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers, null);
    return context;
  }

  /** Believes one certificate. */
  private static final class Pinned extends X509ExtendedTrustManager {
    private final String digits;

    Pinned(String digits) {
      this.digits = digits;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      String shown;
      try {
        shown =
            HexFormat.of()
                .withUpperCase()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded()));
      } catch (GeneralSecurityException unreadable) {
        throw new CertificateException(unreadable);
      }
      if (!shown.equals(digits)) {
        throw new CertificateException(
            "its certificate has another fingerprint, "
                + shown.replaceAll("..(?=.)", "$0:")
                + ": is it the appliance that you mean?");
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    private static CertificateException noServer() {
      return new CertificateException("nobody is a client here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw noServer();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw noServer();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw noServer();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
