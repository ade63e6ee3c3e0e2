package io.tapdeck.capture.doctor;

import io.tapdeck.capture.libpcap.LiveHandle;
import io.tapdeck.capture.libpcap.PcapException;
import io.tapdeck.capture.os.PacketSocket;
import io.tapdeck.capture.unit.DataSize;
import java.io.IOException;
import java.time.Duration;

/** What came of opening an interface for capture, with a ring of the size asked for. */
public sealed interface RingTrial {
  /** What the recorder keeps of each frame: with it, libpcap chooses the same blocks. */
  int SNAPLEN = 262_144;

  Duration RETIRE = Duration.ofMillis(50);

  /**
   * The kernel gave a ring.
   *
   * @param bytes how large it is; 0 if that cannot be told
   */
  record Granted(long bytes) implements RingTrial {}

  /**
   * The interface cannot be opened.
   *
   * @param words why
   * @param lacksPrivilege for want of CAP_NET_RAW
   */
  record Refused(String words, boolean lacksPrivilege) implements RingTrial {}

  /** It was not tried, as it could not succeed. */
  record Untried() implements RingTrial {}

  /**
   * Opens an interface in the calling thread's network namespace for a moment, lets no frame in,
   * and looks at the ring.
   *
   * @param asked at most 2 GiB less a byte
   */
  static RingTrial run(String interfaceName, DataSize asked) {
    try (LiveHandle handle =
        LiveHandle.open(interfaceName, SNAPLEN, Math.toIntExact(asked.bytes()), RETIRE)) {
      PacketSocket socket = new PacketSocket(handle.descriptor());
      socket.rejectAll();
      return new Granted(socket.ringBytes());
    } catch (PcapException refused) {
      return new Refused(String.valueOf(refused.getMessage()), refused.lacksPrivilege());
    } catch (IOException failed) {
      return new Refused(String.valueOf(failed.getMessage()), false);
    }
  }
}
