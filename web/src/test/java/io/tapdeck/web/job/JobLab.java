package io.tapdeck.web.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.ovsdb.Endpoint;
import io.tapdeck.web.command.TapdeckCommand;
import io.tapdeck.web.command.VethLab;
import io.tapdeck.web.mirror.GuestMirrors;
import io.tapdeck.web.mirror.NorthboundLink;
import io.tapdeck.web.starter.OwnStarter;
import io.tapdeck.web.starter.ProgramLine;
import io.tapdeck.web.starter.Starter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a data directory, as the appliance has them, with a veth to record and to play to.
 * They can be let go of, and found again, as often as a test likes.
 */
public final class JobLab implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String SEND =
      """
      import socket, sys
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
      s.bind((sys.argv[1], 0))
      frame = bytes.fromhex('020000000002' '020000000001' '88b5') + bytes(46)
      for i in range(int(sys.argv[2])): s.send(frame)
      """;

  final VethLab veth = new VethLab();
  private final Path data;
  private final NorthboundLink link;
  private @Nullable Recordings recordings;
  private @Nullable Replays replays;

  public JobLab(Path data) throws IOException {
    this.data = data;
    link = NorthboundLink.keep(new Endpoint.Unix(data.resolve("no-northbound")), () -> {});
    open();
  }

  /** What starts recorders and players. */
  public ProgramLine program() {
    return new ProgramLine(TapdeckCommand.quick(List.of()));
  }

  /** The network namespace that is played to. */
  public String near() {
    return veth.near();
  }

  /** The network namespace that is recorded in. */
  public String far() {
    return veth.far();
  }

  /** Frames that have arrived there. */
  public long received() {
    return veth.received();
  }

  /** Finds what is there. */
  void open() throws IOException {
    Starter starter = new OwnStarter(program(), data);
    GuestMirrors mirrors = new GuestMirrors(link, host -> true, service -> Optional.empty());
    recordings =
        Recordings.open(
            data, new RecordingWork(starter, mirrors, (id, directory) -> {}, new Changes()));
    replays = Replays.open(data, recordings, starter, new Changes());
  }

  /** Recordings in another data directory. */
  public record Other(Recordings recordings, Path data) implements AutoCloseable {
    @Override
    public void close() {
      recordings.close();
      ProcessHandle.allProcesses()
          .filter(process -> words(process).anyMatch(word -> word.contains("--output=" + data)))
          .forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Those whose recorders neither begin nor end. */
  public Other stuck(Path other) throws IOException {
    return other(other, new ProgramLine(List.of("python3", "-c", "import time; time.sleep(600)")));
  }

  Other other(Path other, ProgramLine program) throws IOException {
    GuestMirrors mirrors = new GuestMirrors(link, host -> true, service -> Optional.empty());
    return new Other(
        Recordings.open(
            other,
            new RecordingWork(
                new OwnStarter(program, other), mirrors, (id, directory) -> {}, new Changes())),
        other);
  }

  /** Lets go of all; processes go on. */
  public void letGo() {
    recordings().close();
    replays().close();
  }

  public Recordings recordings() {
    if (recordings == null) {
      throw new IllegalStateException("not open");
    }
    return recordings;
  }

  Replays replays() {
    if (replays == null) {
      throw new IllegalStateException("not open");
    }
    return replays;
  }

  public Path directory(UUID recording) {
    return data.resolve("recordings").resolve(recording.toString());
  }

  /** A request to record the far end, with no more said than must be. */
  public RecordingRequest request() {
    return request(null, null);
  }

  RecordingRequest request(@Nullable Long packets, @Nullable Duration rotateEvery) {
    return new RecordingRequest(
        "far end",
        null,
        VethLab.FAR,
        veth.far(),
        "ether proto 0x88b5",
        "auto",
        262144,
        1 << 30,
        rotateEvery,
        null,
        null,
        null,
        null,
        null,
        null,
        packets);
  }

  public UUID record(RecordingRequest request) throws Exception {
    UUID id = UUID.randomUUID();
    RecordingView view = recordings().create(id, request, "operator").view();
    assertThat(view.state()).as(view.reason()).isEqualTo(RecordingState.RECORDING);
    return id;
  }

  RecordingView recording(UUID id) {
    return recordings().find(id).orElseThrow();
  }

  RecordingView awaitRecording(UUID id, String what, Predicate<RecordingView> wish) {
    try {
      VethLab.await(() -> wish.test(recording(id)), what);
    } catch (AssertionError inVain) {
      throw new AssertionError(inVain.getMessage() + "; it is " + recording(id), inVain);
    }
    return recording(id);
  }

  RecordingView awaitState(UUID id, RecordingState state) {
    return awaitRecording(id, "it is " + state, view -> view.state() == state);
  }

  public RecordingView awaitWritten(UUID id, long frames) {
    return awaitRecording(
        id, frames + " frames are written", view -> view.figures().written() >= frames);
  }

  /** Sends frames to the far end; all have gone out when it returns. */
  public void send(int frames) {
    veth.in(veth.near(), "python3", "-c", SEND, VethLab.NEAR, "" + frames);
  }

  /** Starts to send frames to the far end, evenly spaced. */
  Process startSending(int frames, int perSecond) throws IOException {
    Path sender = Files.createDirectories(data.resolve("sender"));
    Path file = sender.resolve("one.pcap");
    byte[] frame = new byte[60];
    frame[5] = 2;
    frame[11] = 1;
    frame[12] = (byte) 0x88;
    frame[13] = (byte) 0xb5;
    ByteBuffer pcap = ByteBuffer.allocate(24 + 16 + frame.length).order(ByteOrder.LITTLE_ENDIAN);
    pcap.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putLong(0).putInt(65535);
    pcap.putInt(1).putInt(1).putInt(0).putInt(frame.length).putInt(frame.length).put(frame);
    Files.write(file, pcap.array());
    return veth.tapdeck(
        List.of(),
        List.of(
            "replay",
            "-i",
            VethLab.NEAR,
            "--netns",
            veth.near(),
            "--pps",
            "" + perSecond,
            "--loop",
            "" + frames,
            file.toString()),
        sender);
  }

  /** The processes at work on a job. */
  List<ProcessHandle> processes(UUID id) {
    return atWork(id.toString());
  }

  private static List<ProcessHandle> atWork(String what) {
    return ProcessHandle.allProcesses()
        .filter(process ->
            words(process).anyMatch(word -> word.startsWith("--control=") && word.contains(what)))
        .toList();
  }

  /** A command line longer than a page is more than a ProcessHandle tells. */
  private static Stream<String> words(ProcessHandle process) {
    try {
      return Stream.of(
          Files.readString(Path.of("/proc", "" + process.pid(), "cmdline")).split("\0", -1));
    } catch (IOException gone) {
      return Stream.of();
    }
  }

  /** Waits until nothing is at work on a job. */
  void awaitNoProcess(UUID id) {
    VethLab.await(() -> processes(id).isEmpty(), "the process has ended");
  }

  /** Kills what is at work on a job, and returns once it is gone. */
  void kill(UUID id) {
    List<ProcessHandle> processes = processes(id);
    assertThat(processes).hasSize(1);
    processes.forEach(ProcessHandle::destroyForcibly);
    VethLab.await(() -> processes(id).isEmpty(), "the killed process is gone");
  }

  /** What capinfos counts in the complete segments of a recording. */
  long packetsOnDisk(UUID recording) throws IOException {
    List<String> command = new ArrayList<>(List.of("capinfos", "-TMrc"));
    try (Stream<Path> files = Files.list(directory(recording))) {
      files.map(Path::toString).filter(file -> file.endsWith(".pcap")).forEach(command::add);
    }
    if (command.size() == 2) {
      return 0;
    }
    return VethLab.run(command.toArray(String[]::new))
        .lines()
        .mapToLong(line -> Long.parseLong(line.split("\t", -1)[1].strip()))
        .sum();
  }

  /** The equation that holds for whatever was recorded. */
  static void assertBalanced(Figures figures) {
    assertThat(figures.received())
        .as("received = written + buffered + droppedKernel + unreadAtStop in %s", figures)
        .isEqualTo(
            figures.written()
                + figures.buffered()
                + figures.droppedKernel()
                + figures.unreadAtStop());
  }

  @Override
  public void close() {
    letGo();
    link.close();
    List<ProcessHandle> left = atWork(data.toString());
    left.forEach(ProcessHandle::destroyForcibly);
    VethLab.await(() -> atWork(data.toString()).isEmpty(), "all processes are gone");
    veth.close();
  }
}
