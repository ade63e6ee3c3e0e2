package io.tapdeck.provisioner.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Reads the meters of a bridge (OpenFlow 1.4, section 7.3.5.15). */
final class BrtapMeters {
  private static final byte MULTIPART_REQUEST = 18;
  private static final byte MULTIPART_REPLY = 19;
  private static final short METER_CONFIG = 10;
  private static final int ALL = 0xffff_ffff;
  private static final int MORE = 1;

  private static final int KILOBITS = 1;
  private static final int PACKETS = 2;
  private static final int BURST = 4;
  private static final int STATS = 8;
  private static final int DROP = 1;

  /** What comes before the first meter in an answer. */
  private static final int PREFIX = 8;

  private static final int METER = 8;

  private BrtapMeters() {}

  /**
   * The meters, as ovs-ofctl(8) prints them.
   *
   * @throws IOException if they cannot be read in that time
   */
  static Set<String> read(Path socket, Duration limit) throws IOException {
    Thread watchdog = null;
    try (OpenFlowConnection connection =
        OpenFlowConnection.open(socket, OpenFlowConnection.VERSION_1_4)) {
      watchdog = Thread.ofVirtual().start(() -> end(connection, limit));
      connection.send(
          MULTIPART_REQUEST,
          ByteBuffer.allocate(2 * PREFIX).putShort(0, METER_CONFIG).putInt(8, ALL));
      Set<String> meters = new HashSet<>();
      while (true) {
        OpenFlowConnection.Message reply = connection.read();
        if (reply.type() != MULTIPART_REPLY || reply.body().remaining() < PREFIX) {
          throw new IOException("ovs-vswitchd does not tell the meters of brtap");
        }
        boolean last = (reply.body().getShort(2) & MORE) == 0;
        add(meters, reply.body().position(PREFIX));
        if (last) {
          return meters;
        }
      }
    } finally {
      if (watchdog != null) {
        watchdog.interrupt();
      }
    }
  }

  private static void end(OpenFlowConnection connection, Duration limit) {
    try {
      Thread.sleep(limit);
      connection.close();
    } catch (InterruptedException | IOException done) {
      // It was read in time.
    }
  }

  private static void add(Set<String> meters, ByteBuffer body) throws IOException {
    while (body.remaining() >= METER) {
      int end = body.position() + Short.toUnsignedInt(body.getShort());
      int flags = Short.toUnsignedInt(body.getShort());
      StringBuilder text =
          new StringBuilder("meter=").append(Integer.toUnsignedLong(body.getInt()));
      text.append(is(flags, KILOBITS, " kbps"))
          .append(is(flags, PACKETS, " pktps"))
          .append(is(flags, BURST, " burst"))
          .append(is(flags, STATS, " stats"))
          .append(" bands=");
      while (body.position() < end && body.remaining() >= METER) {
        int next = body.position() + Short.toUnsignedInt(body.getShort(body.position() + 2));
        text.append("type=")
            .append(body.getShort(body.position()) == DROP ? "drop" : "other")
            .append(" rate=")
            .append(Integer.toUnsignedLong(body.getInt(body.position() + 4)));
        if ((flags & BURST) != 0 && body.remaining() >= 2 * METER) {
          text.append(" burst_size=")
              .append(Integer.toUnsignedLong(body.getInt(body.position() + METER)));
        }
        skip(body, next);
      }
      skip(body, end);
      meters.add(text.toString());
    }
  }

  private static void skip(ByteBuffer body, int to) throws IOException {
    if (to < body.position() || to > body.limit() || to == 0) {
      throw new IOException("ovs-vswitchd tells meters of no length");
    }
    body.position(to);
  }

  private static String is(int flags, int flag, String word) {
    return (flags & flag) == 0 ? "" : word;
  }
}
