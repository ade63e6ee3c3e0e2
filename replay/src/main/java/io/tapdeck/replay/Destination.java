package io.tapdeck.replay;

import io.tapdeck.capture.os.NetworkNamespace;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where frames go to. */
public sealed interface Destination {
  /**
   * One interface, or two for the two sides of conversations.
   *
   * @param client gets all frames, or those of clients; by any name that the kernel takes for it
   * @param server gets the frames of servers; empty if there is only one interface
   * @param namespace the network namespace that they are in; empty for the caller's
   */
  record Interfaces(
      String client, Optional<String> server, Optional<NetworkNamespace> namespace, Sending sending)
      implements Destination {
    public Interfaces {
      int interfaces = server.isPresent() ? 2 : 1;
      if (sending.receivers().size() > interfaces) {
        throw new IllegalArgumentException(
            "there are more interfaces to receive than to send; one for each are the most");
      }
      if (server.filter(client::equals).isPresent()) {
        throw new IllegalArgumentException(
            "clients and servers are to be at two interfaces, and " + client + " is one");
      }
    }
  }

  /**
   * A pcap file with nanoseconds, in which frames have the times at which they would be sent: the
   * first its own, the others as they are paced. Takes no time.
   *
   * @param overwrite whether a file that is there is replaced, once the new one is complete
   */
  record CaptureFile(Path path, boolean overwrite) implements Destination {
    private static final Pattern COMPRESSED = Pattern.compile(".*\\.(gz|zst|xz|lz4)");

    /**
     * @throws IllegalArgumentException if its name says that it is something else; the message is
     *     for people
     */
    public CaptureFile {
      String name = path.toString();
      if (name.equals("-")) {
        throw new IllegalArgumentException(
            "a file is put in place when it is complete, so standard output cannot be one; name a"
                + " file");
      }
      if (COMPRESSED.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "the file is written as plain pcap, which %s does not say; name it .pcap and compress"
                    .formatted(name)
                + " it afterwards");
      }
    }
  }

  /** Nowhere: all is read and paced, and counted as if it were sent. Takes no time. */
  record Nowhere() implements Destination {}
}
