package io.tapdeck.replay.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.capture.pcap.PcapReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is changed equals what {@code tcprewrite} makes of the same frames, byte for byte, except
 * where {@code tcprewrite} is wrong by the judgement of {@code tshark}, case by case.
 */
@Tag("lab")
class TcprewriteTest {
  private static final long PATIENCE_SECONDS = 60;
  private static final int MACS_LENGTH = 12;

  /** A way of changing frames, in the words of both. */
  private record Way(String name, List<String> arguments, RewriteSettings settings) {}

  /** Which bytes of a frame. */
  private enum Part {
    /** The two Ethernet addresses. */
    MACS,
    /** All behind them. */
    REST
  }

  /**
   * A listed difference.
   *
   * @param ways pattern of the names of the ways
   * @param frames pattern of the names of the frames
   * @param fault what tshark finds in the other's frame and not in ours
   */
  private record Difference(Part part, String ways, String frames, Fault fault) {
    boolean covers(Way way, String frame, Part differing) {
      return part == differing && way.name().matches(ways) && frame.matches(frames);
    }
  }

  /** What tshark finds in a frame: its fields' values, with commas between several. */
  private record Findings(Map<String, String> fields) {
    String of(String field) {
      return Objects.requireNonNull(fields.get(field), field);
    }

    /** Whether one of the fields has a value. */
    boolean has(String regex, String... names) {
      return Stream.of(names)
          .flatMap(name -> Stream.of(of(name).split(",")))
          .anyMatch(value -> value.matches(regex));
    }

    boolean hasChecksum(String status) {
      return fields.keySet().stream()
          .anyMatch(name -> name.endsWith("checksum.status") && has(status, name));
    }

    /** Whether a field has another value than a second one, colons aside. */
    boolean differs(String field, String other) {
      return !of(field).isEmpty() && !of(field).replace(":", "").equals(of(other).replace(":", ""));
    }
  }

  /**
   * What makes a frame wrong.
   *
   * @param found whether it is to be seen in what tshark finds
   */
  private record Fault(String what, Predicate<Findings> found) {
    static final Fault CHECKSUM = new Fault("a checksum does not fit", f -> f.hasChecksum("0"));
    static final Fault NO_CHECKSUM =
        new Fault(
            "UDP over IPv6 has no checksum",
            f -> f.of(EXPERT).contains("Illegal checksum value (0)"));
    static final Fault GROUP =
        new Fault(
            "stations have become groups",
            f -> f.of(EXPERT).contains("Source MAC must not be a group address"));
    static final Fault OLD_SOURCE =
        new Fault(
            "an address is sent from that is mapped elsewhere",
            f -> f.has(OLD_NETWORK, "ip.src", "ipv6.src", "arp.src.proto_ipv4"));
    static final Fault OLD_DESTINATION =
        new Fault(
            "an address is sent to that is mapped elsewhere",
            f -> f.has(OLD_NETWORK, "ip.dst", "ipv6.dst", "arp.dst.proto_ipv4"));
    static final Fault OLD_PORT =
        new Fault(
            "a port has stayed that is mapped elsewhere",
            f -> f.has("80", "tcp.port", "udp.port", "sctp.port"));
    static final Fault OLD_TTL =
        new Fault("the time to live has stayed", f -> f.has("64", "ip.ttl", "ipv6.hlim"));
    static final Fault OLD_DSCP =
        new Fault("the DSCP has stayed", f -> f.has("18", "ip.dsfield.dscp", "ipv6.tclass.dscp"));
    static final Fault OLD_SOURCE_MAC =
        new Fault(
            "the source Ethernet address has stayed", f -> f.has("02:00:00:00:00:01", "eth.src"));
    static final Fault OLD_DESTINATION_MAC =
        new Fault(
            "the destination Ethernet address has stayed",
            f -> f.has("02:00:00:00:00:02", "eth.dst"));
    static final Fault OTHER_SENDER =
        new Fault(
            "the sender names another Ethernet address than it sends from",
            f ->
                f.differs("arp.src.hw_mac", "eth.src")
                    || f.differs("icmpv6.opt.linkaddr", "eth.src"));
    static final Fault OTHER_TARGET =
        new Fault(
            "the answer names another Ethernet address than it goes to",
            f -> f.differs("arp.dst.hw_mac", "eth.dst"));
    static final Fault NO_TAG = new Fault("there is no tag", f -> f.of("vlan.id").isEmpty());
    static final Fault DATA =
        new Fault(
            "what is no port, but in the middle of data, has been changed",
            f -> !f.of("data.data").replace(":", "").startsWith(LATER_DATA));
    static final Fault ACKNOWLEDGEMENT =
        new Fault(
            "the acknowledgement number has been changed",
            f -> !f.of("tcp.ack_raw").equals("84281096"));
  }

  /** Frames that are not looked into. */
  private static final String BLIND = "snap|pppoe|.*/v6 .* fragment .*";

  private static final String EXPERT = "_ws.expert.message";
  private static final String OLD_NETWORK = "10\\..*|2001:db8:.*";
  private static final String LATER_DATA = "04d200500b30557a9fc4";

  private static final List<String> FIELDS =
      List.of(
          "eth.src",
          "eth.dst",
          "vlan.id",
          "arp.src.hw_mac",
          "arp.dst.hw_mac",
          "arp.src.proto_ipv4",
          "arp.dst.proto_ipv4",
          "ip.src",
          "ip.dst",
          "ip.ttl",
          "ip.dsfield.dscp",
          "ipv6.src",
          "ipv6.dst",
          "ipv6.hlim",
          "ipv6.tclass.dscp",
          "icmpv6.opt.linkaddr",
          "tcp.port",
          "tcp.ack_raw",
          "udp.port",
          "sctp.port",
          "data.data",
          "ip.checksum.status",
          "tcp.checksum.status",
          "udp.checksum.status",
          "sctp.checksum.status",
          "icmp.checksum.status",
          "icmpv6.checksum.status",
          EXPERT,
          "_ws.malformed");

  /** All that is different. */
  private static final List<Difference> DIFFERENCES =
      List.of(
          // It takes every IPv6 address but a fragment's for one of a group.
          macs(".*", ".*/v6 (?!.*fragment).*", Fault.GROUP),
          // It computes checksums over padding, and with the address of the next hop.
          rest(".*", ".*/v4 (padded udp|source route tcp)", Fault.CHECKSUM),
          // It does not see what is behind LLC and SNAP, and not the frame either.
          macs("macs.*", "snap", Fault.OLD_SOURCE_MAC),
          macs("all", "snap", Fault.OLD_DESTINATION_MAC),
          rest("tag added", "snap", Fault.NO_TAG),
          // Nor what is behind PPPoE, nor a fragment of IPv6.
          rest("(both|source) .*|all", BLIND, Fault.OLD_SOURCE),
          rest("destination .*", BLIND, Fault.OLD_DESTINATION),
          rest("map of another .*", "snap|pppoe", Fault.OLD_SOURCE),
          rest("ports?", "snap|pppoe|.*/v6 (first|atomic) .*", Fault.OLD_PORT),
          rest("ttl .*", BLIND, Fault.OLD_TTL),
          rest("dscp", BLIND, Fault.OLD_DSCP),
          rest("fixed", "snap|pppoe|.*/v6 atomic .*", Fault.CHECKSUM),
          // It maps no packet that an ICMP error is about.
          rest("(both|source) .*|map of .*|all", ".*/v[46] error", Fault.OLD_SOURCE),
          rest("destination .*", ".*/v[46] error", Fault.OLD_DESTINATION),
          rest("ports?", ".*/v[46] error", Fault.OLD_PORT),
          // ICMPv6's checksum covers the addresses.
          rest("(both|.*n) map.*|source map|all", ".*/v6 (echo|neighbour.*)", Fault.CHECKSUM),
          // With a routing header it changes TCP where there is no checksum.
          rest(
              "both .*|(source|destination) .*|all",
              ".*/v6 (route gone|many) tcp",
              Fault.ACKNOWLEDGEMENT),
          rest("source map", ".*/v6 route tcp", Fault.ACKNOWLEDGEMENT),
          rest("(both|destination) .*|all|fixed", ".*/v6 route tcp", Fault.CHECKSUM),
          rest("fixed", ".*/v6 (route gone|many) tcp", Fault.CHECKSUM),
          // Its maps of one direction leave ARP out.
          rest("source map", ".*/arp .*", Fault.OLD_SOURCE),
          rest("destination map", ".*/arp .*", Fault.OLD_DESTINATION),
          // It finds no ports behind extension headers, and in SCTP, but in the midst of data.
          rest(
              "ports?|all",
              ".*/v6 (hop-by-hop|route gone|route|many|destination) .*",
              Fault.OLD_PORT),
          rest("ports?|all", ".*/v4 sctp", Fault.OLD_PORT),
          rest("ports?|all", ".*/v4 later .*", Fault.DATA),
          // Ethernet addresses in ARP and neighbour discovery stay behind.
          rest("macs .*", ".*/arp .*|.*/v6 neighbour .*", Fault.OTHER_SENDER),
          rest("all", ".*/arp reply", Fault.OTHER_TARGET),
          // It computes neither ICMP's checksum nor SCTP's, and none that is missing.
          rest("fixed", ".*/v4 (echo|sctp)", Fault.CHECKSUM),
          rest("fixed", ".*/v6 udp none", Fault.NO_CHECKSUM));

  @TempDir private Path directory;

  private static List<Way> ways() {
    return List.of(
        way("both maps", b -> b.mapAddresses(maps()), "--pnat=" + theirMaps()),
        way("source map", b -> b.mapSources(maps()), "--srcipmap=" + theirMaps()),
        way("destination map", b -> b.mapDestinations(maps()), "--dstipmap=" + theirMaps()),
        way(
            "map of another length",
            b -> b.mapAddresses(AddressMapping.parseAll("10.0.0.0/8=192.168.0.0/16")),
            "--pnat=10.0.0.0/8:192.168.0.0/16"),
        way("port", b -> b.mapPorts(PortMapping.parseAll("80=8080")), "--portmap=80:8080"),
        way(
            "ports",
            b -> b.mapPorts(PortMapping.parseAll("1000-2000=3000,80=443")),
            "--portmap=1000-2000:3000,80:443"),
        way(
            "macs set",
            b ->
                b.sourceMac(MacPair.parse("02:11:11:11:11:11"))
                    .destinationMac(MacPair.parse("02:22:22:22:22:22")),
            "--enet-smac=02:11:11:11:11:11",
            "--enet-dmac=02:22:22:22:22:22",
            "--skipl2broadcast"),
        way(
            "macs mapped",
            b -> b.mapMacs(MacMapping.parseAll("02:00:00:00:00:01=02:99:99:99:99:99")),
            "--enet-subsmac=02:00:00:00:00:01,02:99:99:99:99:99"),
        way(
            "tag added",
            b -> b.vlan(VlanChange.parse("add,id=7,priority=3,dei=1")),
            "--enet-vlan=add",
            "--enet-vlan-tag=7",
            "--enet-vlan-pri=3",
            "--enet-vlan-cfi=1"),
        way("tag removed", b -> b.vlan(VlanChange.parse("remove")), "--enet-vlan=del"),
        way("ttl set", b -> b.hopLimit(HopLimitChange.parse("7")), "--ttl=7"),
        way("ttl raised", b -> b.hopLimit(HopLimitChange.parse("+200")), "--ttl=+200"),
        way("ttl lowered", b -> b.hopLimit(HopLimitChange.parse("-70")), "--ttl=-70"),
        way("dscp", b -> b.dscp(Dscp.parse("EF")), "--tos=184", "--tclass=184"),
        way("fixed", b -> b.fixChecksums(true), "-C"),
        way(
            "all",
            b ->
                b.mapAddresses(maps())
                    .mapPorts(PortMapping.parseAll("80=8080"))
                    .hopLimit(HopLimitChange.parse("-1"))
                    .dscp(Dscp.parse("AF11"))
                    .destinationMac(MacPair.parse("02:22:22:22:22:22")),
            "--pnat=" + theirMaps(),
            "--portmap=80:8080",
            "--ttl=-1",
            "--tos=40",
            "--tclass=40",
            "--enet-dmac=02:22:22:22:22:22",
            "--skipl2broadcast"));
  }

  private static List<AddressMapping> maps() {
    return AddressMapping.parseAll("10.0.0.0/8=172.0.0.0/8,2001:db8::/32=fd00:1::/32");
  }

  private static String theirMaps() {
    return "10.0.0.0/8:172.0.0.0/8,[2001:db8::/32]:[fd00:1::/32]";
  }

  private static Way way(
      String name, UnaryOperator<RewriteSettings.Builder> settings, String... arguments) {
    return new Way(name, List.of(arguments), settings.apply(RewriteSettings.builder()).build());
  }

  /** The frames of a way: those to be fixed are wrong. */
  private static Map<String, byte[]> frames(Way way) {
    Map<String, byte[]> frames = Corpus.frames();
    if (way.settings().fixChecksums()) {
      for (byte[] frame : frames.values()) {
        if (ChecksumErrors.of(frame).contains("udp none")) {
          continue;
        }
        for (int field : ChecksumErrors.fields(frame)) {
          Frames.put16(frame, field, ((frame[field] ^ 0x55) << 8) | (frame[field + 1] & 0xFF));
        }
      }
    }
    return frames;
  }

  @Test
  void whatIsChangedEqualsWhatTcprewriteMakesExceptForItsFaults() throws Exception {
    List<byte[]> theirs = new ArrayList<>();
    List<byte[]> ours = new ArrayList<>();
    for (Way way : ways()) {
      Map<String, byte[]> frames = frames(way);
      Path in = write(directory.resolve("in.pcap"), List.copyOf(frames.values()));
      Path out = directory.resolve("out.pcap");
      List<String> command = new ArrayList<>(List.of("tcprewrite", "-i", in.toString()));
      command.addAll(List.of("-o", out.toString()));
      command.addAll(way.arguments());
      run(command);
      List<byte[]> read = read(out);
      assertThat(read).as(way.name()).hasSameSizeAs(frames.keySet());
      theirs.addAll(read);
      HeaderRewriter rewriter = new HeaderRewriter(way.settings());
      read(in).forEach(frame -> ours.add(rewrite(rewriter, frame)));
    }
    List<Findings> judgedTheirs = judge(write(directory.resolve("t.pcap"), theirs));
    List<Findings> judgedOurs = judge(write(directory.resolve("o.pcap"), ours));
    assertThat(judgedTheirs).hasSameSizeAs(theirs);
    assertThat(judgedOurs).hasSameSizeAs(ours);

    Set<Difference> seen = new HashSet<>();
    List<String> unlisted = new ArrayList<>();
    int index = 0;
    int equal = 0;
    for (Way way : ways()) {
      for (String frame : frames(way).keySet()) {
        for (Part part : Part.values()) {
          byte[] theirPart = part(part, theirs.get(index));
          byte[] ourPart = part(part, ours.get(index));
          if (Arrays.equals(theirPart, ourPart)) {
            equal++;
            continue;
          }
          Findings their = judgedTheirs.get(index);
          Findings our = judgedOurs.get(index);
          List<Difference> listed =
              DIFFERENCES.stream()
                  .filter(difference -> difference.covers(way, frame, part))
                  .filter(difference -> difference.fault().found.test(their))
                  .filter(difference -> !difference.fault().found.test(our))
                  .toList();
          seen.addAll(listed);
          if (listed.isEmpty()) {
            unlisted.add(
                "%s of %s, %s:%n  theirs %s%n         %s%n  ours   %s%n         %s"
                    .formatted(
                        part,
                        frame,
                        way.name(),
                        HexFormat.of().formatHex(theirPart),
                        their,
                        HexFormat.of().formatHex(ourPart),
                        our));
          }
        }
        index++;
      }
    }
    assertThat(unlisted).isEmpty();
    assertThat(DIFFERENCES).as("differences that there are").allMatch(seen::contains);
    assertThat(equal).as("equal parts of %d", 2 * index).isGreaterThan(3000);
  }

  @Test
  void tsharkFindsNothingWrongWithWhatIsChanged() throws Exception {
    List<String> names = new ArrayList<>();
    List<byte[]> ours = new ArrayList<>();
    for (Way way : ways()) {
      HeaderRewriter rewriter = new HeaderRewriter(way.settings());
      Corpus.frames()
          .forEach((name, frame) -> {
            names.add(name + ", " + way.name());
            ours.add(rewrite(rewriter, frame));
          });
    }
    List<Findings> judged = judge(write(directory.resolve("o.pcap"), ours));
    List<String> wrong = new ArrayList<>();
    int good = 0;
    for (int i = 0; i < names.size(); i++) {
      Findings found = judged.get(i);
      boolean malformed = !found.of("_ws.malformed").isEmpty();
      if (malformed || Fault.CHECKSUM.found.test(found) || Fault.GROUP.found.test(found)) {
        wrong.add(names.get(i) + ": " + found);
      }
      good += found.hasChecksum("1") ? 1 : 0;
    }
    assertThat(wrong).isEmpty();
    assertThat(good).as("frames with checksums that tshark has verified").isGreaterThan(1800);
  }

  private static byte[] rewrite(HeaderRewriter rewriter, byte[] frame) {
    return HeaderRewriterPropertiesTest.rewrite(rewriter, frame, frame.length, Side.CLIENT, 0);
  }

  private static Difference macs(String ways, String frames, Fault fault) {
    return new Difference(Part.MACS, ways, frames, fault);
  }

  private static Difference rest(String ways, String frames, Fault fault) {
    return new Difference(Part.REST, ways, frames, fault);
  }

  private static byte[] part(Part part, byte[] frame) {
    return switch (part) {
      case MACS -> Arrays.copyOf(frame, MACS_LENGTH);
      case REST -> Arrays.copyOfRange(frame, MACS_LENGTH, frame.length);
    };
  }

  private static List<Findings> judge(Path file) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("tshark", "-n", "-r", file.toString(), "-T", "fields", "-E", "occurrence=a"));
    for (String preference : List.of("ip", "tcp", "udp")) {
      command.addAll(List.of("-o", preference + ".check_checksum:TRUE"));
    }
    command.addAll(List.of("-o", "sctp.checksum:CRC 32c"));
    command.addAll(List.of("-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"));
    FIELDS.forEach(field -> command.addAll(List.of("-e", field)));
    return run(command)
        .lines()
        .map(line -> {
          String[] values = line.split("\t", -1);
          Map<String, String> fields = new LinkedHashMap<>();
          for (int i = 0; i < FIELDS.size(); i++) {
            fields.put(FIELDS.get(i), values[i]);
          }
          return new Findings(fields);
        })
        .toList();
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("tool", ".out");
    Path complaints = Files.createTempFile("tool", ".err");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(complaints.toFile())
              .start();
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("%s", command).isTrue();
      assertThat(process.exitValue()).as("%s: %s", command, Files.readString(complaints)).isZero();
      return Files.readString(output);
    } finally {
      Files.delete(output);
      Files.delete(complaints);
    }
  }

  private static Path write(Path path, List<byte[]> frames) throws IOException {
    int size =
        PcapFormat.FILE_HEADER_LENGTH
            + frames.stream()
                .mapToInt(frame -> PcapFormat.RECORD_HEADER_LENGTH + frame.length)
                .sum();
    ByteBuffer file = ByteBuffer.allocate(size);
    PcapFormat.putFileHeader(file, 0, PcapFormat.LARGEST_CAPTURE_LENGTH, LinkType.ETHERNET);
    int at = PcapFormat.FILE_HEADER_LENGTH;
    long time = 1_700_000_000_000_000_000L;
    for (byte[] frame : frames) {
      PcapFormat.putRecordHeader(file, at, time, frame.length, frame.length);
      file.put(at + PcapFormat.RECORD_HEADER_LENGTH, frame);
      at += PcapFormat.RECORD_HEADER_LENGTH + frame.length;
      time += 1_000_000;
    }
    return Files.write(path, file.array());
  }

  private static List<byte[]> read(Path path) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    try (PcapReader reader = PcapReader.open(path)) {
      while (reader.next()) {
        byte[] frame = new byte[reader.captureLength()];
        reader.buffer().get(reader.offset(), frame);
        frames.add(frame);
      }
      assertThat(reader.damage()).isEmpty();
    }
    return frames;
  }
}
