package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.find.ConversationTable;
import io.tapdeck.capture.find.FindRefusedException;
import io.tapdeck.capture.find.Finder;
import io.tapdeck.capture.find.Question;
import io.tapdeck.capture.find.SearchedSegment;
import io.tapdeck.capture.os.ThreadPriority;
import io.tapdeck.capture.query.Expression;
import io.tapdeck.capture.query.ExpressionException;
import io.tapdeck.capture.query.ExpressionParser;
import io.tapdeck.capture.segment.UtcTime;
import io.tapdeck.capture.unit.DataSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapdeck find}. */
@Command(
    name = "find",
    description = "Finds packets in what was recorded, also in what is being recorded.",
    footer = {
      "",
      "Terms, for outer and inner headers alike, through VLAN tags and tunnels:",
      "  host ADDRESS, net ADDRESS/LENGTH, port N or N-M, proto NAME or N (or the name alone), vlan"
          + " N,",
      "  key N (of GRE, VXLAN, Geneve, ERSPAN), conversation ADDRESS:PORT ADDRESS:PORT (ports may"
          + " be left out),",
      "  and, or, not, parentheses.",
      "",
      "Examples:",
      "  tapdeck find 'host 10.1.0.7 and port 443' --from -2h",
      "  tapdeck find 'conversation 10.1.0.7:443 10.2.0.9:50123' -w conversation.pcap",
      "  tapdeck find 'net 10.1.0.0/16 and not port 22' --conversations --from -10m recording/",
      "  tapdeck find 'vlan 12 or key 5001' --count night.pcap",
      "  tapdeck find '' --bpf 'tcp[tcpflags] & tcp-rst != 0' -w - | tshark -r -",
      "",
      "Exit status: 0 all was searched, whether anything was found or not; 1 a part could not be"
          + " searched; 2 refused, nothing searched."
    })
final class FindCommand implements Callable<Integer> {
  private static final double NANOS_PER_SECOND = 1e9;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "EXPRESSION",
      description = "What to find, see below; '' for every packet.")
  private String expression;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "PATH",
      description =
          "Where: directories of segments, data directories, or capture files (default: the data"
              + " directory, $$TAPDECK_DATA, else /var/lib/tapdeck).")
  private @Nullable List<Path> paths;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description =
          "Packets from this time on: 2026-11-23T02:10:00Z (or with another zone), seconds since"
              + " 1970, or -2h before now.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Packets before this time, likewise.")
  private @Nullable String to;

  @Option(
      names = "--bpf",
      paramLabel = "BPF",
      description = "Only what libpcap's filter accepts, too, see pcap-filter(7): outer headers.")
  private @Nullable String bpf;

  @Option(
      names = {"-w", "--write"},
      paramLabel = "FILE",
      description = "Write the packets to a file, pcapng if its name ends so, or - for output.")
  private @Nullable String file;

  @Option(names = "--count", description = "Only tell how many.")
  private boolean count;

  @Option(names = "--conversations", description = "Tell who talks to whom, most bytes first.")
  private boolean conversations;

  @Option(names = "--limit", paramLabel = "N", description = "The first N packets (default: all).")
  private @Nullable Long limit;

  @Option(
      names = "--read-rate",
      converter = DataSizes.class,
      paramLabel = "SIZE",
      description =
          "Read so much a second at most (default: 400MiB beside a recorder, else all that there"
              + " is).")
  private @Nullable DataSize readRate;

  @Option(
      names = "--json",
      description =
          "Print a JSON object a packet or conversation, and one for all on the last line.")
  private boolean json;

  private final JsonMapper mapper = JsonMapper.builder().build();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  FindCommand() {}

  @Override
  public Integer call() throws IOException {
    long begun = System.nanoTime();
    refuseMixture();
    Question question = question();
    List<SearchedSegment> segments = segments();
    // Who records comes first.
    boolean _ = ThreadPriority.giveWay();
    try (Finder finder = open(question, segments);
        StopSignals signals = new StopSignals(finder::cancel)) {
      run(finder);
      double seconds = (System.nanoTime() - begun) / NANOS_PER_SECOND;
      return signals.end(summarise(finder, segments.size(), seconds));
    } catch (FindRefusedException refused) {
      throw new RefusedException(String.valueOf(refused.getMessage()));
    }
  }

  private void refuseMixture() {
    if ((file != null ? 1 : 0) + (count ? 1 : 0) + (conversations ? 1 : 0) > 1) {
      throw new RefusedException("choose one of -w, --count and --conversations");
    }
    if (limit != null && limit < 0) {
      throw new RefusedException("--limit is 0 or more, not " + limit);
    }
  }

  private Question question() {
    Expression terms;
    try {
      terms = ExpressionParser.parse(expression);
    } catch (ExpressionException wrong) {
      throw new RefusedException(
          "'%s' is no expression, at character %d: %s"
              .formatted(expression, wrong.position() + 1, wrong.getMessage()));
    }
    try {
      Instant now = Instant.now();
      return Question.EVERYTHING
          .withTerms(terms)
          .withBpf(bpf == null ? "" : bpf)
          .between(
              from == null ? Long.MIN_VALUE : FindTimes.parse(from, now),
              to == null ? Long.MAX_VALUE : FindTimes.parse(to, now))
          .withLimit(limit == null ? Long.MAX_VALUE : limit);
    } catch (IllegalArgumentException wrong) {
      throw new RefusedException(String.valueOf(wrong.getMessage()));
    }
  }

  private List<SearchedSegment> segments() {
    List<Path> where =
        paths == null || paths.isEmpty() ? List.of(NorthboundAccess.defaultData()) : paths;
    List<SearchedSegment> segments = new ArrayList<>();
    for (Path path : where) {
      if (!Files.exists(path)) {
        throw new RefusedException(path + " does not exist: name recordings, or capture files");
      }
      try {
        segments.addAll(SearchedSegment.in(path));
      } catch (IOException unreadable) {
        throw new RefusedException("cannot read " + path + ": " + unreadable.getMessage());
      }
    }
    return segments;
  }

  private Finder open(Question question, List<SearchedSegment> segments)
      throws FindRefusedException {
    return readRate == null
        ? Finder.open(question, segments)
        : Finder.open(question, segments, readRate);
  }

  private void run(Finder finder) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (file != null) {
      FoundFile.write(finder, file);
    } else if (conversations) {
      showConversations(finder, out);
    } else {
      while (finder.next()) {
        if (!count) {
          show(finder, out);
        }
      }
    }
    out.flush();
  }

  private void show(Finder finder, PrintWriter out) {
    if (json) {
      ObjectNode node = mapper.createObjectNode();
      FoundPacket.tell(finder, node);
      out.println(node);
    } else {
      out.println(FoundPacket.text(finder));
    }
    if (finder.found() == 1) {
      // Whoever waits sees that there is something.
      out.flush();
    }
  }

  private void showConversations(Finder finder, PrintWriter out) throws IOException {
    ConversationTable table = new ConversationTable();
    while (finder.next()) {
      table.add(finder.headers(), finder.timestampNanos(), finder.originalLength());
    }
    for (ConversationTable.Conversation conversation : table.conversations()) {
      out.println(json ? node(conversation) : text(conversation));
    }
    if (table.others() > 0 && !json) {
      out.println(table.others() + " packets have no addresses, or are of further conversations");
    }
  }

  private static String text(ConversationTable.Conversation conversation) {
    ConversationTable.Ends ends = conversation.ends();
    return String.format(
        Locale.ROOT,
        "%-5s %s  %s  %d packets  %s  from %s  %.3f s",
        ends.protocol(),
        FoundPacket.end(ends.one(), ends.onePort()),
        FoundPacket.end(ends.other(), ends.otherPort()),
        conversation.packets(),
        new DataSize(conversation.bytes()),
        UtcTime.format(UtcTime.ofNanos(conversation.first())),
        Duration.ofNanos(conversation.last() - conversation.first()).toNanos() / NANOS_PER_SECOND);
  }

  private ObjectNode node(ConversationTable.Conversation conversation) {
    ConversationTable.Ends ends = conversation.ends();
    ObjectNode node = mapper.createObjectNode();
    node.put("protocol", ends.protocol().toString());
    node.put("one", FoundPacket.end(ends.one(), ends.onePort()));
    node.put("other", FoundPacket.end(ends.other(), ends.otherPort()));
    node.put("packets", conversation.packets());
    node.put("packetsFromOne", conversation.packetsFromOne());
    node.put("bytes", conversation.bytes());
    node.put("bytesFromOne", conversation.bytesFromOne());
    node.put("first", UtcTime.format(UtcTime.ofNanos(conversation.first())));
    node.put("last", UtcTime.format(UtcTime.ofNanos(conversation.last())));
    return node;
  }

  /** Tells how it went; returns the exit status. */
  private int summarise(Finder finder, int segments, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<String> problems = finder.problems();
    // With the packets on the output, nothing else may be there.
    boolean isOutTaken = "-".equals(file);
    if (json) {
      ObjectNode report = mapper.createObjectNode();
      report.put("found", finder.found());
      report.put("segments", segments);
      report.put("bytesRead", finder.bytesRead());
      report.put("packetsRead", finder.packetsLooked());
      report.put("seconds", seconds);
      ArrayNode told = report.putArray("problems");
      problems.forEach(told::add);
      (isOutTaken ? err : out).println(report);
    } else if (count) {
      out.println(finder.found());
    } else if (file != null) {
      (isOutTaken ? err : out).println(finder.found() + " packets");
    }
    problems.forEach(problem -> err.println("tapdeck find: " + Presentation.plain(problem)));
    out.flush();
    err.flush();
    return problems.isEmpty() ? ExitStatus.DONE : ExitStatus.INCOMPLETE;
  }
}
