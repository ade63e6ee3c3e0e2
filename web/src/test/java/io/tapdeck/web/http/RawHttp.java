package io.tapdeck.web.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Speaks HTTP/1.1 byte by byte, also what a well-behaved client would never send. */
public record RawHttp(URI server) {
  private static final int PATIENCE_MILLIS = 20_000;

  /**
   * An answer as it came.
   *
   * @param headers by their names in lower case
   */
  public record Answer(int status, Map<String, List<String>> headers, String body) {
    /** A header that came once; empty if it did not come. */
    public String header(String name) {
      return String.join("|", headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
    }
  }

  /** Sends a request of these lines, with our Host and an end of the connection, and no body. */
  public Answer send(String requestLine, String... headers) throws IOException {
    List<String> lines = new ArrayList<>(List.of(requestLine, "Host: " + server.getAuthority()));
    lines.addAll(List.of(headers));
    lines.add("Connection: close");
    return exchange(String.join("\r\n", lines) + "\r\n\r\n");
  }

  /** Sends a request with a body, reads the head of the answer alone, and goes away. */
  public Answer sendForHead(String requestLine, String body, String... headers) throws IOException {
    List<String> lines = new ArrayList<>(List.of(requestLine, "Host: " + server.getAuthority()));
    lines.addAll(List.of(headers));
    try (Socket socket = connect()) {
      OutputStream output = socket.getOutputStream();
      output.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      try {
        output.write(body.getBytes(StandardCharsets.ISO_8859_1));
        output.flush();
      } catch (SocketException refused) {
        // The server has answered without wanting the body.
      }
      StringBuilder head = new StringBuilder();
      InputStream input = socket.getInputStream();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = input.read();
        if (next < 0) {
          throw new IOException("no whole answer: '" + head + "'");
        }
        head.append((char) next);
      }
      return parse(head.toString());
    }
  }

  /** The server's address, as a Host header says it. */
  public String authority() {
    return server.getAuthority();
  }

  /** Sends these very characters and reads until the server closes. */
  public Answer exchange(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return read(socket.getInputStream());
    }
  }

  /** A connection to the server. */
  public Socket connect() throws IOException {
    Socket socket = new Socket(server.getHost().replaceAll("[\\[\\]]", ""), server.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static Answer read(InputStream input) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      input.transferTo(all);
    } catch (SocketException reset) {
      // The server closed without reading all that was sent; its answer came before.
    }
    return parse(all.toString(StandardCharsets.ISO_8859_1));
  }

  private static Answer parse(String text) throws IOException {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IOException("no whole answer: '" + text + "'");
    }
    String[] head = text.substring(0, end).split("\r\n", -1);
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (int i = 1; i < head.length; i++) {
      String[] field = head[i].split(": ?", 2);
      headers
          .computeIfAbsent(field[0].toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(field.length > 1 ? field[1] : "");
    }
    return new Answer(Integer.parseInt(head[0].split(" ", 3)[1]), headers, text.substring(end + 4));
  }
}
