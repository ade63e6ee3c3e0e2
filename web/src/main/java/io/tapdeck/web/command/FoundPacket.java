package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.dissect.Address;
import io.tapdeck.capture.dissect.Headers;
import io.tapdeck.capture.dissect.Protocol;
import io.tapdeck.capture.find.Finder;
import io.tapdeck.capture.segment.UtcTime;
import java.util.StringJoiner;

/** How the packet that a search is at is shown. */
final class FoundPacket {
  private FoundPacket() {}

  /** A line for people: its time, its headers from the outermost in, and its length. */
  static String text(Finder at) {
    Headers headers = at.headers();
    StringJoiner words = new StringJoiner("  ");
    words.add(UtcTime.format(UtcTime.ofNanos(at.timestampNanos())));
    StringJoiner networks = new StringJoiner(" | ");
    for (int i = 0; i < headers.networks(); i++) {
      networks.add(
          "%s %s > %s"
              .formatted(
                  new Protocol(headers.protocol(i)),
                  end(headers.source(i), headers.sourcePort(i)),
                  end(headers.destination(i), headers.destinationPort(i))));
    }
    words.add(headers.networks() == 0 ? "(no address)" : networks.toString());
    for (int i = 0; i < headers.vlans(); i++) {
      words.add("vlan " + headers.vlan(i));
    }
    for (int i = 0; i < headers.keys(); i++) {
      words.add("key " + headers.key(i));
    }
    return words.add(at.originalLength() + " bytes").toString();
  }

  /** An end of a conversation, as it is asked for. */
  static String end(Address address, int port) {
    if (port < 0) {
      return address.toString();
    }
    return (address.version() == 4 ? address.toString() : "[" + address + "]") + ":" + port;
  }

  /** The same for machines. */
  static void tell(Finder at, ObjectNode node) {
    Headers headers = at.headers();
    node.put("time", UtcTime.format(UtcTime.ofNanos(at.timestampNanos())));
    node.put("file", at.segment().form().whole().toString());
    node.put("offset", at.recordOffset());
    node.put("captureLength", at.captureLength());
    node.put("originalLength", at.originalLength());
    ArrayNode networks = node.putArray("networks");
    for (int i = 0; i < headers.networks(); i++) {
      ObjectNode network = networks.addObject();
      network.put("protocol", new Protocol(headers.protocol(i)).toString());
      network.put("source", headers.source(i).toString());
      network.put("destination", headers.destination(i).toString());
      if (headers.hasPorts(i)) {
        network.put("sourcePort", headers.sourcePort(i));
        network.put("destinationPort", headers.destinationPort(i));
      }
    }
    ArrayNode vlans = node.putArray("vlans");
    for (int i = 0; i < headers.vlans(); i++) {
      vlans.add(headers.vlan(i));
    }
    ArrayNode keys = node.putArray("keys");
    for (int i = 0; i < headers.keys(); i++) {
      keys.add(headers.key(i));
    }
  }
}
