package io.tapdeck.web.command;

import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.pcap.PcapFormat;
import io.tapdeck.provisioner.mirror.Host;
import io.tapdeck.provisioner.mirror.Inventory;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.northbound.HostReports;
import io.tapdeck.provisioner.northbound.Northbound;
import io.tapdeck.provisioner.northbound.NorthboundServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Goes through the commands that people wait for, in one process and on a northbound of its own, so
 * that the JVM can note what it loads for them ({@code -XX:AOTCacheOutput}). What cannot be done,
 * such as where there is no ovsdb-server, is left out.
 */
@Command(name = "rehearse", hidden = true, description = "For the launcher: see scripts/tapdeck.")
final class Rehearse implements Callable<Integer> {
  private static final String HOST = "rehearsal";
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private static final int FRAME = 60;

  @Parameters(paramLabel = "DIR", description = "An empty directory.")
  private Path data;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Rehearse() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (Stream<Path> there = Files.list(data)) {
      if (there.findAny().isPresent()) {
        throw new RefusedException(data + " is not empty: this is for the launcher alone");
      }
    }
    NorthboundServer server = new NorthboundServer(data);
    perform("northbound start --data " + data);
    try (Northbound northbound = Northbound.open(server.endpoint(), CONNECT, () -> {})) {
      publish(northbound);
      String at = " --northbound " + server.endpoint();
      perform("tap-service-create tap --type host --target-id " + HOST + at);
      perform("tap-service-enable tap" + at);
      perform("tap-flow-create flow --type vnic --tap-id tap --guest-id guest" + at);
      perform("tap-flow-create none --type vnic --tap-id tap --guest-id nobody" + at);
      perform("tap-flow-list" + at);
      perform("tap-flow-show flow --json" + at);
      perform("tap-service-list" + at);
      perform("host-list" + at);
      perform("guest-list" + at);
      perform("tap-plan" + at);
      perform("tap-completeness" + at);
      perform("tap-flow-delete flow" + at);
      perform("tap-service-delete tap" + at);
    } catch (IOException absent) {
      // Then what needs a northbound is not learnt.
    }
    perform("northbound stop --data " + data);
    perform("files list " + data);
    perform("replay --dry-run --topspeed --loop 1000 " + capture(data.resolve("capture.pcap")));
    return ExitStatus.DONE;
  }

  /** Makes a capture of a frame without contents. */
  private static Path capture(Path file) throws IOException {
    int record = PcapFormat.FILE_HEADER_LENGTH;
    ByteBuffer bytes = ByteBuffer.allocate(record + PcapFormat.RECORD_HEADER_LENGTH + FRAME);
    PcapFormat.putFileHeader(bytes, 0, FRAME, LinkType.ETHERNET);
    PcapFormat.putRecordHeader(bytes, record, 0, FRAME, FRAME);
    return Files.write(file, bytes.array());
  }

  private static void publish(Northbound northbound) throws IOException, InterruptedException {
    Host host = new Host(UUID.randomUUID(), HOST, "192.0.2.1", 1500, "");
    Nic nic =
        new Nic(
            HOST,
            "guest",
            "guest",
            "02:00:00:00:00:01",
            Set.of(),
            "br",
            "port",
            Optional.empty(),
            Optional.empty());
    new HostReports(northbound, HOST).publish(host, new Inventory(List.of(), List.of(nic)));
  }

  private static void perform(String line) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    String[] words = line.split(" ", -1);
    CommandLine command = Tapdeck.commandLine(words).setOut(nowhere).setErr(nowhere);
    var _ = command.execute(words);
  }
}
