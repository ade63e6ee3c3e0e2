package io.tapdeck.capture.recording;

import io.tapdeck.capture.libpcap.FilterBlindSpots;
import io.tapdeck.capture.libpcap.PcapException;
import io.tapdeck.capture.netif.CarriedEncapsulations;
import io.tapdeck.capture.netif.DropCounters;
import io.tapdeck.capture.netif.NetworkInterface;
import io.tapdeck.capture.netif.Offloads;
import io.tapdeck.capture.netif.SuspendedOffloads;
import io.tapdeck.capture.os.NativeBuffer;
import io.tapdeck.capture.os.OsException;
import io.tapdeck.capture.pcap.LinkType;
import io.tapdeck.capture.segment.Sidecar.Gap;
import io.tapdeck.capture.segment.UtcTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An interface that is captured for as long as it is there: when it goes down or is removed, what
 * the kernel has counted is taken still, and once one of its name is up again, that is captured.
 * Counters go on over that, and each time away is on record.
 */
final class InterfaceCapture implements FrameSource {
  private static final long RETRY_NANOS = Duration.ofMillis(250).toNanos();
  private static final long RETIRE_NANOS = LiveCapture.RETIRE.toNanos();

  private enum State {
    /** What came before the filter is thrown away. */
    BEGINNING,
    OPEN,
    /** Nothing more comes in; the ring is being read empty. */
    EMPTYING,
    AWAY,
    ENDED
  }

  private final RecordingSettings settings;
  private final NetworkInterface nic;
  private final List<Gap> gaps = new ArrayList<>();

  private State state = State.BEGINNING;
  private boolean ending;
  private boolean begun;
  private @Nullable LiveCapture capture;
  private @Nullable SuspendedOffloads suspended;
  private final List<String> warnings = new ArrayList<>();
  private int index;
  private LinkType linkType;
  private long ringBytes;
  private long triedAt;

  /** The last frame's time stamp, and when the interface was last looked at and was up. */
  private long lastFrame;

  private Instant lastSeen = Instant.now();
  private @Nullable Instant awaySince;
  private String whyLeft = "";
  private String whyAway = "";

  /** Of the captures that are closed. */
  private long receivedBefore;

  private long droppedBefore;
  private DropCounters drops = DropCounters.ZERO;
  private DropCounters dropsRead = DropCounters.ZERO;
  private Arrivals arrivals = Arrivals.NONE;
  private long arrivedRead;

  private InterfaceCapture(RecordingSettings settings, NetworkInterface nic, LiveCapture capture) {
    this.settings = settings;
    this.nic = nic;
    this.linkType = capture.linkType();
    hold(capture);
  }

  /** Opens an interface that is up; {@link #work} lets frames in. */
  static InterfaceCapture open(RecordingSettings settings, NetworkInterface nic)
      throws RecordingRefusedException, IOException {
    InterfaceCapture opened = new InterfaceCapture(settings, nic, LiveCapture.open(settings, nic));
    opened.lookForBlindSpots();
    return opened;
  }

  /** The frames of a file, as of an interface that is gone after the last of them. */
  static InterfaceCapture ofFile(RecordingSettings settings, Path file) throws PcapException {
    InterfaceCapture opened =
        new InterfaceCapture(settings, NetworkInterface.NONE, LiveCapture.ofFile(file));
    opened.state = State.OPEN;
    opened.begun = true;
    return opened;
  }

  /** What of its frames will not be as they were on the wire, or not be seen. */
  private void lookForBlindSpots() {
    boolean sent = settings.direction() != Direction.IN && !nic.isTapNic();
    boolean received = settings.direction() != Direction.OUT;
    if (!settings.withoutOffloads()) {
      try {
        for (String distortion : Offloads.of(nic.name()).distortions(received, sent)) {
          warnings.add(nic.name() + ": " + distortion + "; --offloads off turns that off");
        }
      } catch (OsException notTold) {
        // A driver that has no offloads to tell of.
      }
    }
    try {
      FilterBlindSpots.warning(settings.filter(), CarriedEncapsulations.of(nic.name(), sent))
          .ifPresent(warning -> warnings.add(nic.name() + ": " + warning));
    } catch (PcapException notCompiled) {
      // Then the recording is refused, with better words.
    }
  }

  private void suspendOffloads() {
    if (!settings.withoutOffloads()) {
      return;
    }
    boolean sent = settings.direction() != Direction.IN && !nic.isTapNic();
    try {
      SuspendedOffloads off =
          SuspendedOffloads.of(nic.name(), settings.direction() != Direction.OUT, sent);
      suspended = off;
      if (!off.stillOn().isEmpty()) {
        warnings.add(nic.name() + ": cannot be turned off: " + String.join(", ", off.stillOn()));
      }
    } catch (OsException failed) {
      warnings.add(nic.name() + ": offloads stay as they are: " + failed.getMessage());
    }
  }

  private void putOffloadsBack() {
    SuspendedOffloads off = suspended;
    suspended = null;
    if (off != null) {
      try {
        off.close();
      } catch (OsException failed) {
        warnings.add(nic.name() + ": " + failed.getMessage());
      }
    }
  }

  /** What a reader of the recording should know of this interface. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  private void hold(LiveCapture opened) {
    capture = opened;
    suspendOffloads();
    index = nic.index();
    linkType = opened.linkType();
    ringBytes = opened.ringBytes();
    state = State.BEGINNING;
    try {
      dropsRead = nic.dropCounters();
    } catch (IOException gone) {
      // Then it is gone at the next look, too.
    }
  }

  @Override
  public String name() {
    return nic.name();
  }

  @Override
  public int descriptor() {
    LiveCapture open = capture;
    return open == null ? -1 : open.descriptor();
  }

  @Override
  public LinkType linkType() {
    return linkType;
  }

  @Override
  public boolean next() {
    LiveCapture open = capture;
    if (open == null || state == State.BEGINNING) {
      return false;
    }
    try {
      return open.next();
    } catch (PcapException lost) {
      lose(String.valueOf(lost.getMessage()));
      return false;
    }
  }

  @Override
  public long timestamp() {
    lastFrame = here().timestamp();
    return lastFrame;
  }

  @Override
  public int captureLength() {
    return here().captureLength();
  }

  @Override
  public int originalLength() {
    return here().originalLength();
  }

  @Override
  public void copyFrame(NativeBuffer target, int offset) {
    here().copyPacket(target, offset);
  }

  private LiveCapture here() {
    LiveCapture open = capture;
    if (open == null) {
      throw new IllegalStateException(name() + " is away");
    }
    return open;
  }

  @Override
  public void work() {
    switch (state) {
      case BEGINNING -> begin(here());
      case EMPTYING -> empty(here());
      case AWAY -> {
        if (ending) {
          state = State.ENDED;
        } else if (System.nanoTime() - triedAt >= RETRY_NANOS) {
          triedAt = System.nanoTime();
          tryAgain();
        }
      }
      case OPEN, ENDED -> {}
    }
  }

  @Override
  public long nanosUntilWork() {
    return switch (state) {
      case BEGINNING, EMPTYING -> RETIRE_NANOS;
      case AWAY -> ending ? 0 : triedAt + RETRY_NANOS - System.nanoTime();
      case OPEN, ENDED -> Long.MAX_VALUE;
    };
  }

  private void begin(LiveCapture open) {
    try {
      if (open.begin()) {
        state = State.OPEN;
        if (!begun) {
          arrivedRead = nic.receivedFrames();
          arrivals = new Arrivals(arrivedRead, 0);
        }
        begun = true;
        comeBack();
        lastSeen = Instant.now();
      }
    } catch (IOException lost) {
      goAway(String.valueOf(lost.getMessage()));
    }
  }

  private void empty(LiveCapture open) {
    boolean emptied;
    try {
      emptied = open.isEmptied();
    } catch (PcapException unreadable) {
      emptied = true;
    }
    if (emptied) {
      letGo(open);
      state = State.AWAY;
      work();
    }
  }

  private void tryAgain() {
    if (!nic.isUp()) {
      whyAway = nic.exists() ? "the interface is down" : "the interface is gone";
      return;
    }
    try {
      hold(LiveCapture.open(settings, nic));
      work();
    } catch (RecordingRefusedException | IOException notYet) {
      whyAway = String.valueOf(notYet.getMessage());
    }
  }

  /** It cannot be seen any more; what is in the ring is still to be had. */
  private void lose(String words) {
    if (state != State.OPEN) {
      return;
    }
    leave(words);
    state = State.EMPTYING;
    try {
      here().end();
    } catch (OsException gone) {
      // Nothing comes from it in any case.
    }
  }

  private void goAway(String words) {
    leave(words);
    letGo(here());
    state = State.AWAY;
  }

  private void leave(String words) {
    if (awaySince == null) {
      Instant frame = UtcTime.ofNanos(lastFrame);
      awaySince = frame.isAfter(lastSeen) ? frame : lastSeen;
      whyLeft = words;
    }
    whyAway = words;
  }

  private void comeBack() {
    Instant since = awaySince;
    if (since != null) {
      gaps.add(new Gap(since, Instant.now(), name() + ": " + whyLeft));
      awaySince = null;
    }
  }

  private void letGo(LiveCapture open) {
    readCounts(open);
    if (isCounting()) {
      receivedBefore += open.received();
      droppedBefore += open.dropped();
    }
    open.close();
    putOffloadsBack();
    capture = null;
    triedAt = System.nanoTime();
  }

  @Override
  public void check() {
    LiveCapture open = capture;
    if (open == null) {
      return;
    }
    readCounts(open);
    // libpcap does not always tell, and then not at once.
    if (!nic.isUp() || nic.index() != index) {
      lose(nic.exists() ? "the interface went down" : "the interface is gone");
    } else {
      lastSeen = Instant.now();
    }
  }

  /** What cannot be read, because the interface is gone, stays as it was. */
  private void readCounts(LiveCapture open) {
    try {
      if (state != State.BEGINNING) {
        open.readCounts();
      }
      if (nic.index() == index) {
        DropCounters now = nic.dropCounters();
        drops = drops.plus(now.since(dropsRead));
        dropsRead = now;
        readArrivals();
      }
    } catch (IOException gone) {
      // The last readings are the best there are.
    }
  }

  /** A counter that fell is that of an interface made anew. */
  private void readArrivals() throws IOException {
    if (begun) {
      long now = nic.receivedFrames();
      arrivals = arrivals.plus(new Arrivals(0, now < arrivedRead ? now : now - arrivedRead));
      arrivedRead = now;
    }
  }

  @Override
  public Arrivals arrivals() {
    return arrivals;
  }

  @Override
  public boolean isBegun() {
    return begun;
  }

  @Override
  public void end() {
    ending = true;
    if (state == State.BEGINNING) {
      cut();
    } else if (capture != null) {
      shut();
      state = State.EMPTYING;
    }
  }

  @Override
  public void cut() {
    ending = true;
    LiveCapture open = capture;
    if (open != null) {
      shut();
      letGo(open);
    }
    state = State.ENDED;
  }

  private void shut() {
    try {
      here().end();
    } catch (OsException gone) {
      // Nothing comes from it in any case.
    }
  }

  @Override
  public boolean isEnded() {
    return state == State.ENDED;
  }

  @Override
  public Optional<String> absence() {
    return awaySince == null ? Optional.empty() : Optional.of(name() + ": " + whyAway);
  }

  @Override
  public List<Gap> gaps() {
    List<Gap> all = new ArrayList<>(gaps);
    Instant since = awaySince;
    if (since != null) {
      all.add(new Gap(since, null, name() + ": " + whyLeft));
    }
    return all;
  }

  @Override
  public long received() {
    LiveCapture open = capture;
    return receivedBefore + (open == null || !isCounting() ? 0 : open.received());
  }

  @Override
  public long dropped() {
    LiveCapture open = capture;
    return droppedBefore + (open == null || !isCounting() ? 0 : open.dropped());
  }

  /** Before it has begun, what is counted is of no interest. */
  private boolean isCounting() {
    return state != State.BEGINNING;
  }

  @Override
  public DropCounters droppedInterface() {
    return drops;
  }

  @Override
  public long ringBytes() {
    return ringBytes;
  }

  @Override
  public void close() {
    LiveCapture open = capture;
    capture = null;
    if (open != null) {
      open.close();
    }
    putOffloadsBack();
  }
}
