package io.tapdeck.capture.pcap;

import java.io.IOException;

/**
 * A file that was opened as a capture file, pcap or pcapng, is none, or none that can be read, or
 * not such a one as was wanted. The message names the file, says what it looks like, and what to do
 * about it.
 */
public final class NotPcapException extends IOException {
  private static final long serialVersionUID = 1L;

  public NotPcapException(String message) {
    super(message);
  }
}
